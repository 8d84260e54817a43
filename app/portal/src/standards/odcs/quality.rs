//! Quality rules of a contract.

use serde::Serialize;
use serde_json::{Map, Value};

use super::limit::{Expected, Limit};
use super::{require_members, words};
use crate::standards::bitol::{AuthoritativeDefinition, CustomProperty, StableId};
use crate::standards::read::{Read, Reader};
use crate::standards::yaml::{Content, Node};

choice! {
    /// How a rule is stated.
    pub enum RuleKind {
        /// In words, for people.
        Text = "text",
        /// By one of the metrics of the standard.
        Library = "library",
        /// By a statement that yields one number.
        Sql = "sql",
        /// In the language of a checking tool.
        Custom = "custom",
    }
}

choice! {
    /// Metrics of the standard.
    pub enum Metric {
        /// Rows where the column is NULL.
        NullValues = "nullValues",
        /// Rows where the value counts as missing (argument `missingValues`).
        MissingValues = "missingValues",
        /// Rows whose value is not allowed (arguments `validValues`, `pattern`).
        InvalidValues = "invalidValues",
        /// Rows whose value occurs more than once (argument `properties` at an object).
        DuplicateValues = "duplicateValues",
        /// Rows of the object.
        RowCount = "rowCount",
    }
}

choice! {
    /// The side of quality a rule looks at.
    pub enum Dimension {
        /// True to reality.
        Accuracy = "accuracy",
        /// Nothing is missing.
        Completeness = "completeness",
        /// In the agreed form.
        Conformity = "conformity",
        /// The same everywhere.
        Consistency = "consistency",
        /// All of the population.
        Coverage = "coverage",
        /// In time.
        Timeliness = "timeliness",
        /// Nothing twice.
        Uniqueness = "uniqueness",
    }
}

record! {
    /// A promise about the quality of an object or column.
    pub struct QualityRule (check_rule) {
        /// Stable id.
        id: Option<StableId> = "id" [ODCS_3_1],
        /// Name.
        name: Option<String> = "name",
        /// What it promises, in words.
        description: Option<String> = "description",
        /// How it is stated; `library` when not said.
        kind: Option<RuleKind> = "type",
        /// Metric of the standard.
        metric: Option<Metric> = "metric" [ODCS_3_1],
        /// Name of the metric in ODCS 3.0.
        rule: Option<String> = "rule",
        /// What the metric needs to know.
        arguments: Option<Map<String, Value>> = "arguments" [ODCS_3_1],
        /// Statement of an `sql` rule.
        query: Option<String> = "query",
        /// Tool of a `custom` rule.
        engine: Option<String> = "engine",
        /// Text or mapping in the tool's language.
        implementation: Option<Implementation> = "implementation",
        /// The measured value equals this.
        must_be: Option<Expected> = "mustBe",
        /// The measured value differs from this.
        must_not_be: Option<Expected> = "mustNotBe",
        /// The measured value is greater.
        must_be_greater_than: Option<Limit> = "mustBeGreaterThan",
        /// The measured value is at least this.
        must_be_greater_or_equal_to: Option<Limit> = "mustBeGreaterOrEqualTo",
        /// The measured value is smaller.
        must_be_less_than: Option<Limit> = "mustBeLessThan",
        /// The measured value is at most this.
        must_be_less_or_equal_to: Option<Limit> = "mustBeLessOrEqualTo",
        /// The measured value lies between these two, both included.
        must_be_between: Option<Vec<Limit>> = "mustBeBetween",
        /// The measured value does not lie between these two.
        must_not_be_between: Option<Vec<Limit>> = "mustNotBeBetween",
        /// `rows` or `percent`.
        unit: Option<String> = "unit",
        /// The side of quality.
        dimension: Option<Dimension> = "dimension",
        /// How it is verified.
        method: Option<String> = "method",
        /// How bad a breach is.
        severity: Option<String> = "severity",
        /// What a breach means for the business.
        business_impact: Option<String> = "businessImpact",
        /// Tool that runs it.
        scheduler: Option<String> = "scheduler",
        /// When it runs, such as a cron line.
        schedule: Option<String> = "schedule",
        /// Tags.
        tags: Vec<String> = "tags",
        /// Links to definitions.
        authoritative_definitions: Vec<AuthoritativeDefinition> = "authoritativeDefinitions",
        /// Properties the standard does not name.
        custom_properties: Vec<CustomProperty> = "customProperties",
    }
}

/// A rule in the language of a checking tool.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Implementation {
    /// As text.
    Text(String),
    /// As a mapping.
    Mapping(Map<String, Value>),
}

impl Read for Implementation {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match (&node.content, node.value()) {
            (Content::Text(text), _) => Some(Self::Text(text.clone())),
            (_, Value::Object(members)) => Some(Self::Mapping(members)),
            _ => {
                reader.expected(node, "text or a mapping");
                None
            }
        }
    }
}

/// What the measured value has to pass.
#[derive(Debug, Clone, PartialEq)]
pub enum Operator<'a> {
    /// Equals.
    Is(&'a Expected),
    /// Differs from.
    IsNot(&'a Expected),
    /// Greater than.
    Above(&'a Limit),
    /// At least.
    AtLeast(&'a Limit),
    /// Smaller than.
    Below(&'a Limit),
    /// At most.
    AtMost(&'a Limit),
    /// Between, both included.
    Between(&'a Limit, &'a Limit),
    /// Outside of these two.
    Outside(&'a Limit, &'a Limit),
}

impl std::fmt::Display for Operator<'_> {
    /// As the standard writes it: `mustBe 0`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Is(value) => write!(f, "mustBe {value}"),
            Self::IsNot(value) => write!(f, "mustNotBe {value}"),
            Self::Above(limit) => write!(f, "mustBeGreaterThan {limit}"),
            Self::AtLeast(limit) => write!(f, "mustBeGreaterOrEqualTo {limit}"),
            Self::Below(limit) => write!(f, "mustBeLessThan {limit}"),
            Self::AtMost(limit) => write!(f, "mustBeLessOrEqualTo {limit}"),
            Self::Between(low, high) => write!(f, "mustBeBetween {low} and {high}"),
            Self::Outside(low, high) => write!(f, "mustNotBeBetween {low} and {high}"),
        }
    }
}

const OPERATORS: [&str; 8] = [
    "mustBe",
    "mustNotBe",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
    "mustBeBetween",
    "mustNotBeBetween",
];

impl QualityRule {
    /// How the rule is stated, also where it does not say so itself.
    pub fn effective_kind(&self) -> RuleKind {
        self.kind.unwrap_or(RuleKind::Library)
    }

    /// What the measured value has to pass.
    pub fn operator(&self) -> Option<Operator<'_>> {
        fn pair(values: Option<&Vec<Limit>>) -> Option<(&Limit, &Limit)> {
            let [low, high] = values?.as_slice() else { return None };
            Some(if low.exact() > high.exact() { (high, low) } else { (low, high) })
        }
        let simple =
            self.must_be.as_ref().map(Operator::Is).or(self.must_not_be.as_ref().map(Operator::IsNot));
        simple
            .or_else(|| self.must_be_greater_than.as_ref().map(Operator::Above))
            .or_else(|| self.must_be_greater_or_equal_to.as_ref().map(Operator::AtLeast))
            .or_else(|| self.must_be_less_than.as_ref().map(Operator::Below))
            .or_else(|| self.must_be_less_or_equal_to.as_ref().map(Operator::AtMost))
            .or_else(|| pair(self.must_be_between.as_ref()).map(|(low, high)| Operator::Between(low, high)))
            .or_else(|| {
                pair(self.must_not_be_between.as_ref()).map(|(low, high)| Operator::Outside(low, high))
            })
    }

    /// True for severities that ask nobody to stop: such a rule never breaks the contract. The words are those that
    /// `datacontract-cli` takes for a warning, and their longer forms.
    pub fn only_warns(&self) -> bool {
        let severity = self.severity.as_deref().unwrap_or_default().trim().to_lowercase();
        ["info", "information", "informational", "warning", "warn", "low", "minor", "trivial"]
            .contains(&severity.as_str())
    }

    /// The rule in one line, in its author's words where there are any.
    pub fn title(&self) -> String {
        let stated = self.name.as_deref().or(self.description.as_deref()).map(str::trim);
        match (stated, self.metric, self.effective_kind()) {
            (Some(text), ..) if !text.is_empty() => text.lines().collect::<Vec<_>>().join(" "),
            (_, Some(metric), _) => self.measured(metric),
            (_, None, kind) => format!("rule of type {kind}"),
        }
    }

    /// What a metric has to be, in words: `at most 5 % empty values`.
    fn measured(&self, metric: Metric) -> String {
        let what = match metric {
            Metric::NullValues => "empty values",
            Metric::MissingValues => "missing values",
            Metric::InvalidValues => "values that are not allowed",
            Metric::DuplicateValues => "values that repeat",
            Metric::RowCount => "rows",
        };
        let amount = |limit: &Limit| {
            words::amount(&limit.to_string(), self.unit.as_deref().filter(|unit| *unit != "rows"))
        };
        match self.operator() {
            None => what.to_owned(),
            Some(Operator::Is(value)) if value.is_zero() => format!("no {what}"),
            Some(Operator::Is(value)) => format!("exactly {value} {what}"),
            Some(Operator::IsNot(value)) => format!("not {value} {what}"),
            Some(Operator::Above(limit)) => format!("more than {} {what}", amount(limit)),
            Some(Operator::AtLeast(limit)) => format!("at least {} {what}", amount(limit)),
            Some(Operator::Below(limit)) => format!("fewer than {} {what}", amount(limit)),
            Some(Operator::AtMost(limit)) => format!("at most {} {what}", amount(limit)),
            Some(Operator::Between(low, high)) => format!("{low} to {} {what}", amount(high)),
            Some(Operator::Outside(low, high)) => format!("not {low} to {} {what}", amount(high)),
        }
    }
}

fn check_rule(rule: &QualityRule, node: &Node, reader: &mut Reader) {
    let kind = rule.effective_kind();
    let library = rule.metric.is_some() || kind == RuleKind::Library;
    let because = format!("for a rule of type {kind}");
    let stated: Vec<&str> = OPERATORS.iter().copied().filter(|key| node.get(key).is_some()).collect();
    let says_nothing =
        rule.kind.is_none() && rule.metric.is_none() && stated.is_empty() && rule.rule.is_none();
    if library && rule.metric.is_none() && !says_nothing {
        if reader.early {
            require_members(&["rule"], &because, node, reader);
        } else {
            require_members(&["metric"], &because, node, reader);
        }
    }
    if kind == RuleKind::Sql {
        require_members(&["query"], &because, node, reader);
    }
    if kind == RuleKind::Custom {
        require_members(&["engine", "implementation"], &because, node, reader);
    }
    if !library {
        misplaced(&["metric", "rule", "arguments"], &because, node, reader);
    }
    if kind != RuleKind::Sql {
        misplaced(&["query"], &because, node, reader);
    }
    if kind != RuleKind::Custom {
        misplaced(&["engine", "implementation"], &because, node, reader);
    }
    if library || kind == RuleKind::Sql {
        if stated.is_empty() && !says_nothing {
            let message =
                format!("The rule does not say what the value must be; add one of {}.", OPERATORS.join(", "));
            // ODCS 3.0 lets a rule only measure.
            if reader.early { reader.advise(node.at, message) } else { reader.error(node.at, message) }
        }
        for extra in stated.iter().skip(1) {
            let message = format!("The rule already says {}; keep one of the two.", stated[0]);
            reader.error_unless_early(node, extra, message);
        }
    } else {
        misplaced(&OPERATORS, &because, node, reader);
    }
    for (key, pair) in
        [("mustBeBetween", &rule.must_be_between), ("mustNotBeBetween", &rule.must_not_be_between)]
    {
        if let Some(pair) = pair
            && !(pair.len() == 2 && pair[0].exact() != pair[1].exact())
        {
            reader.member_error(node, key, "Two different numbers are needed, such as [0, 100].");
        }
    }
}

/// Reports members that belong to rules of another type; ODCS 3.0 lets them stand.
fn misplaced(keys: &[&str], because: &str, node: &Node, reader: &mut Reader) {
    for key in keys.iter().filter(|key| node.get(key).is_some()) {
        reader.error_unless_early(node, key, format!("This field has no meaning {because}."));
    }
}
