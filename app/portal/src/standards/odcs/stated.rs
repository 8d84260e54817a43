//! What a contract states and nothing here carries out. Who reads the contract is told, not only who imported it.

use std::collections::BTreeSet;

use super::terms::Measure;
use super::{Contract, Property, QualityRule, SlaProperty};

impl Contract {
    /// What the portal does not carry out, a sentence each.
    pub fn not_carried_out(&self) -> Vec<String> {
        let rules = self.rules();
        let of_rules =
            |value: fn(&QualityRule) -> Option<String>| rules.iter().filter_map(move |rule| value(rule));
        let levels = &self.sla_properties;
        let whens =
            of_rules(|rule| rule.schedule.clone()).chain(levels.iter().filter_map(|it| it.schedule.clone()));
        let tools = of_rules(|rule| rule.scheduler.clone())
            .chain(levels.iter().filter_map(|it| it.scheduler.clone()));
        let unmeasured =
            levels.iter().filter(|level| level.measure() == Measure::Nobody).map(SlaProperty::words);
        [
            line("Schedules", whens, "What can be checked here is checked once a day."),
            line("Schedulers", tools, "The portal starts its checks by itself."),
            line(
                "Business impact",
                of_rules(|rule| rule.business_impact.clone()),
                "Nothing follows from it.",
            ),
            line(
                "Dimensions of quality",
                of_rules(|rule| rule.dimension.map(|dimension| dimension.to_string())),
                "Nothing follows from them.",
            ),
            line("Service levels", unmeasured, "Nothing here measures them."),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// All rules, of objects and of columns at any depth.
    fn rules(&self) -> Vec<&QualityRule> {
        fn of<'a>(property: &'a Property, rules: &mut Vec<&'a QualityRule>) {
            rules.extend(&property.quality);
            property.properties.iter().chain(property.items.as_deref()).for_each(|child| of(child, rules));
        }
        let mut rules = Vec::new();
        for object in &self.schema {
            rules.extend(&object.quality);
            object.properties.iter().for_each(|property| of(property, &mut rules));
        }
        rules
    }
}

/// `Schedulers: airflow, cron. The portal ..`: each value once; nothing where there is none.
fn line(what: &str, values: impl Iterator<Item = String>, instead: &str) -> Option<String> {
    let values: BTreeSet<String> = values
        .map(|value| value.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|value| !value.is_empty())
        .collect();
    let values: Vec<String> = values.into_iter().collect();
    (!values.is_empty()).then(|| format!("{what}: {}. {instead}", values.join(", ").trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(parts: &str) -> Vec<String> {
        let text =
            format!("apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\n{parts}");
        Contract::from_yaml("c.odcs.yaml", &text).expect("it is a contract").not_carried_out()
    }

    #[test]
    fn what_a_contract_states_is_never_taken_for_what_is_done() {
        let rules = "schema:\n- name: x\n  quality:\n  - {metric: rowCount, mustBeGreaterThan: 0, schedule: 0 20 * * *, \
                     scheduler: airflow, businessImpact: operational, dimension: completeness}\n  properties:\n  - name: a\n    \
                     logicalType: object\n    properties:\n    - name: b\n      quality:\n      - {metric: nullValues, \
                     mustBe: 0, dimension: accuracy, scheduler: airflow}\n";
        assert_eq!(
            stated(rules),
            [
                "Schedules: 0 20 * * *. What can be checked here is checked once a day.",
                "Schedulers: airflow. The portal starts its checks by itself.",
                "Business impact: operational. Nothing follows from it.",
                "Dimensions of quality: accuracy, completeness. Nothing follows from them.",
            ]
        );
        let levels = "slaProperties:\n- {property: retention, value: 3, unit: y}\n- {property: latency, value: 4, unit: h, \
                      schedule: hourly}\n- {property: endOfLife, value: 2028-12-31}\n";
        assert_eq!(
            stated(levels),
            [
                "Schedules: hourly. What can be checked here is checked once a day.",
                "Service levels: Kept for 3 years. Nothing here measures them.",
            ]
        );
    }

    #[test]
    fn what_is_carried_out_is_never_said_to_be_left_undone() {
        let rules = "schema:\n- name: x\n  quality:\n  - {metric: rowCount, mustBeGreaterThan: 0, severity: warning}\n\
                     slaProperties:\n- {property: latency, value: 4, unit: h}\n";
        assert!(stated(rules).is_empty());
    }
}
