//! Terms of use, service levels, price and roles of a contract.

use chrono::{DateTime, NaiveDate};
use serde_json::Number;

use super::{Contract, Property, SchemaObject, words};
use crate::standards::Scalar;
use crate::standards::bitol::{AuthoritativeDefinition, CustomProperty, Description, StableId};

record! {
    /// A service level.
    pub struct SlaProperty {
        /// Stable id.
        id: Option<StableId> = "id" [ODCS_3_1],
        /// What is promised: `latency`, `frequency`, `retention`, `availability` ..
        property: String = "property",
        /// How much of it.
        value: Scalar = "value",
        /// A second value, where one is not enough.
        value_ext: Option<Scalar> = "valueExt",
        /// Unit of the value: `d`, `hours`, `percent` ..
        unit: Option<String> = "unit",
        /// `object.column` it is about; several separated by commas.
        element: Option<String> = "element",
        /// Why it matters: `regulatory`, `analytics`, `operational` ..
        driver: Option<String> = "driver",
        /// In words.
        description: Option<String> = "description" [ODCS_3_1],
        /// Tool that checks it.
        scheduler: Option<String> = "scheduler" [ODCS_3_1],
        /// When it is checked.
        schedule: Option<String> = "schedule" [ODCS_3_1],
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties" [ODCS_3_2],
        /// Links to definitions.
        authoritative_definitions: Vec<AuthoritativeDefinition> = "authoritativeDefinitions" [ODCS_3_2],
    }
}

/// What is measured of a service level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// How old the data is.
    Age,
    /// Nothing: a date in the life of the contract is a fact, not a measure of the data.
    Date,
    /// Nothing, though it could be: nobody here does.
    Nobody,
}

impl SlaProperty {
    /// What is measured of it.
    pub(super) fn measure(&self) -> Measure {
        match self.property.to_ascii_lowercase().as_str() {
            "latency" | "ly" | "freshness" | "frequency" | "fy" => Measure::Age,
            "generalavailability" | "ga" | "endofsupport" | "es" | "endoflife" | "el" => Measure::Date,
            _ => Measure::Nobody,
        }
    }

    /// The last day of the contract's life, where that is what it states.
    pub(super) fn end_of_life(&self) -> Option<NaiveDate> {
        if !matches!(self.property.to_ascii_lowercase().as_str(), "endoflife" | "el") {
            return None;
        }
        let text = self.value.to_string();
        let moment = DateTime::parse_from_rfc3339(&text).map(|at| at.to_utc().date_naive());
        moment.or_else(|_| text.parse()).ok()
    }

    /// The elements it names, one by one.
    pub fn elements(&self) -> impl Iterator<Item = &str> {
        self.element
            .iter()
            .flat_map(|element| element.split(','))
            .map(str::trim)
            .filter(|part| !part.is_empty())
    }

    /// The value as seconds, when value and unit together are a duration.
    ///
    /// A month counts 30 days, a year 365; `m` means minutes.
    pub fn seconds(&self) -> Option<f64> {
        let unit = self.unit.as_deref()?.trim().to_ascii_lowercase();
        let factor = match unit.as_str() {
            "s" | "sec" | "second" | "seconds" => 1.0,
            "m" | "min" | "minute" | "minutes" => 60.0,
            "h" | "hr" | "hour" | "hours" => 3_600.0,
            "d" | "day" | "days" => 86_400.0,
            "w" | "week" | "weeks" => 7.0 * 86_400.0,
            "mo" | "month" | "months" => 30.0 * 86_400.0,
            "y" | "yr" | "year" | "years" => 365.0 * 86_400.0,
            _ => return None,
        };
        self.value.as_f64().map(|value| value * factor)
    }

    /// The promise in words: `Kept for 3 years`.
    pub fn words(&self) -> String {
        format!(
            "{} {}",
            words::level(&self.property),
            words::amount(&self.value.to_string(), self.unit.as_deref())
        )
    }

    /// The promise in one line as its author wrote it: `latency 4 d`.
    pub fn title(&self) -> String {
        let unit = self.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
        format!("{} {}{unit}", self.property, self.value)
    }
}

/// What the element of a service level is in the schema.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SlaTarget<'a> {
    /// A whole object.
    Object(&'a SchemaObject),
    /// A column of an object.
    Column(&'a SchemaObject, &'a Property),
    /// Nothing the schema has.
    Unknown,
}

impl Contract {
    /// The terms of use, which are accepted with a version, each by the member that holds it: what the data is for, what it is
    /// not for, how to use it.
    pub fn terms(&self) -> [(&'static str, Option<&str>); 3] {
        let stated = |pick: fn(&Description) -> Option<&str>| {
            self.description.as_ref().and_then(pick).map(str::trim).filter(|text| !text.is_empty())
        };
        [
            ("purpose", stated(|terms| terms.purpose.as_deref())),
            ("limitations", stated(|terms| terms.limitations.as_deref())),
            ("usage", stated(|terms| terms.usage.as_deref())),
        ]
    }

    /// Finds what `element` (`object` or `object.column`, by name or physical name) stands for.
    pub fn resolve(&self, element: &str) -> SlaTarget<'_> {
        for object in &self.schema {
            for name in [Some(object.name.as_str()), object.physical_name.as_deref()].into_iter().flatten() {
                if element == name {
                    return SlaTarget::Object(object);
                }
                let Some(column) = element.strip_prefix(name).and_then(|rest| rest.strip_prefix('.')) else {
                    continue;
                };
                let named = |property: &&Property| property.name() == column || property.column() == column;
                if let Some(property) = object.properties.iter().find(named) {
                    return SlaTarget::Column(object, property);
                }
            }
        }
        SlaTarget::Unknown
    }
}

record! {
    /// What the data costs.
    pub struct Price {
        /// Stable id.
        id: Option<StableId> = "id" [ODCS_3_1],
        /// Amount for one unit.
        price_amount: Option<Number> = "priceAmount",
        /// Currency.
        price_currency: Option<String> = "priceCurrency",
        /// Unit, such as `megabyte`.
        price_unit: Option<String> = "priceUnit",
    }
}

record! {
    /// A role that gives access.
    pub struct Role {
        /// Stable id.
        id: Option<StableId> = "id" [ODCS_3_1],
        /// Name of the role.
        role: String = "role",
        /// What it is for.
        description: Option<String> = "description",
        /// What it allows, such as `read`.
        access: Option<String> = "access",
        /// Who approves first.
        first_level_approvers: Option<String> = "firstLevelApprovers",
        /// Who approves then.
        second_level_approvers: Option<String> = "secondLevelApprovers",
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties",
    }
}
