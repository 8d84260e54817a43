use super::*;

fn contract(body: &str) -> String {
    format!("apiVersion: v3.2.0\nkind: DataContract\nid: c\nversion: 1.0.0\n{body}")
}

/// `line:column: field` of every error.
fn places(body: &str) -> Vec<String> {
    let errors = Contract::from_yaml("c.yaml", &contract(body)).expect_err("is wrong");
    errors.iter().map(|error| format!("{}:{}: {}", error.line, error.column, error.field)).collect()
}

fn message(body: &str) -> String {
    Contract::from_yaml("c.yaml", &contract(body)).expect_err("is wrong").to_string()
}

#[test]
fn several_mistakes_are_told_at_once_in_the_order_of_lines() {
    let body = "\
schema:
- name: t
  properties:
  - name: a
    logicalType: strng
  - name: a
    logicalTypOptions: {}
    required: yes
  - logicalType: integer
    logicalTypeOptions: {minLength: 3, minimum: '1'}
";
    assert_eq!(
        places(body),
        [
            "9:18: schema[0].properties[0].logicalType",
            "11:5: schema[0].properties[1].logicalTypOptions",
            "12:15: schema[0].properties[1].required",
            "14:26: schema[0].properties[2].logicalTypeOptions.minLength",
            "14:49: schema[0].properties[2].logicalTypeOptions.minimum",
        ]
    );
}

#[test]
fn names_are_unique_and_required() {
    let body = "schema:\n- name: t\n  properties:\n  - name: a\n  - name: a\n  - description: x\n- name: t\n";
    assert_eq!(
        places(body),
        ["9:11: schema[0].properties[1].name", "10:5: schema[0].properties[2].name", "11:9: schema[1].name"]
    );
}

#[test]
fn an_unknown_word_comes_with_the_nearest_and_all_known() {
    let told = message("schema:\n- name: t\n  properties:\n  - {name: a, logicalType: strng}\n");
    assert!(
        told.contains("\"strng\" is not known here. Did you mean \"string\"? Known here: string, date"),
        "{told}"
    );
    let told = message("slaPropertys: []\n");
    assert!(
        told.starts_with("c.yaml:5:1: slaPropertys: There is no such field. Did you mean \"slaProperties\"?")
    );
}

#[test]
fn a_version_is_semantic_and_text() {
    for (version, told) in [
        ("1.0", "is a number, but text is needed; put it in quotes"),
        ("'1.0'", "is not a semantic version"),
        ("", "give it a value or remove the line"),
    ] {
        let text = contract("").replace("version: 1.0.0", &format!("version: {version}"));
        let errors = Contract::from_yaml("c.yaml", &text).expect_err("no version").to_string();
        assert!(errors.contains(told), "{errors}");
    }
}

#[test]
fn members_of_a_later_version_are_refused() {
    let text = contract("status: active\ncontext: x\nschema:\n- name: t\n  logicalType: blob\n")
        .replace("3.2", "3.1");
    let errors = Contract::from_yaml("c.yaml", &text).expect_err("3.1 knows neither").to_string();
    assert!(errors.contains("c.yaml:6:1: context: This field came with ODCS 3.2"), "{errors}");
    assert!(errors.contains("\"blob\" came with ODCS 3.2"), "{errors}");
}

#[test]
fn quality_rules_have_one_operator_and_only_members_of_their_type() {
    let rule = |text: &str| places(&format!("schema:\n- name: t\n  quality:\n  - {{{text}}}\n"));
    let at = |column: usize, key: &str| vec![format!("8:{column}: schema[0].quality[0]{key}")];
    assert_eq!(rule("metric: rowCount, mustBe: 1, mustBeLessThan: 3"), at(35, ".mustBeLessThan"));
    assert_eq!(rule("metric: rowCount"), at(5, ""));
    assert_eq!(rule("type: sql, mustBe: 1"), at(5, ".query"));
    assert_eq!(rule("type: text, mustBe: 1"), at(18, ".mustBe"));
    assert_eq!(rule("type: custom, engine: soda"), at(5, ".implementation"));
    assert_eq!(rule("metric: rowCounts, mustBe: 1"), at(14, ".metric"));
    assert_eq!(rule("metric: rowCount, mustBeBetween: [1]"), at(24, ".mustBeBetween"));
    assert_eq!(rule("metric: rowCount, mustBe: 1, query: x"), at(35, ".query"));
}

#[test]
fn servers_need_what_their_type_needs() {
    let told = message("servers:\n- {server: a, type: kafka, hots: x}\n- {server: b, type: databrick}\n");
    assert!(told.contains("servers[0].host: This field is required for a server of type kafka"), "{told}");
    assert!(
        told.contains("servers[0].hots: A server of type kafka has no such setting. Did you mean \"host\"?")
    );
    assert!(told.contains("\"databrick\" is not known here. Did you mean \"databricks\"?"), "{told}");
}

#[test]
fn relationships_and_ids_have_a_form() {
    let body = "\
schema:
- name: t
  relationships:
  - {to: a.b}
  - {from: [t.a, t.b], to: [x.a]}
  - {from: t.a, to: x/y/z}
  properties:
  - {name: a, relationships: [{from: t.a, to: x.a}]}
";
    assert_eq!(
        places(body),
        [
            "8:5: schema[0].relationships[0].from",
            "9:24: schema[0].relationships[1].to",
            "10:21: schema[0].relationships[2].to",
            "12:32: schema[0].properties[0].relationships[0].from",
        ]
    );
    assert_eq!(places("schema:\n- {name: t, id: a.b}\n"), ["6:17: schema[0].id"]);
}

#[test]
fn limits_do_not_cross() {
    let options = "{minLength: 4, maxLength: 3}";
    let body = format!(
        "schema:\n- name: t\n  properties:\n  - {{name: a, logicalType: string, logicalTypeOptions: {options}}}\n"
    );
    assert!(message(&body).contains("maxLength: The upper limit lies below the lower one."));
}

#[test]
fn what_is_only_doubtful_is_told_and_not_refused() {
    let body =
        "schema:\n- name: t\nslaProperties:\n- {property: latency, value: 1, unit: d, element: t.gone}\n";
    let (_, advice) = Contract::read("c.yaml", &contract(body)).expect("is valid");
    let told: Vec<String> = advice.iter().map(ToString::to_string).collect();
    let words = "A service level names \"t.gone\", which the schema does not have.";
    assert_eq!(told, [format!("c.yaml:8:42: slaProperties[0].element: {words}")]);
}

#[test]
fn a_unit_that_may_be_months_or_minutes_is_never_read_without_a_word() {
    let body = "slaProperties:\n- {property: retention, value: 25, unit: m}\n- {property: retention, value: 25, unit: \
                month}\n";
    let (_, advice) = Contract::read("c.yaml", &contract(body)).expect("is valid");
    let told: Vec<String> = advice.iter().map(ToString::to_string).collect();
    let words = "\"m\" may be a month or a minute, and is read as minutes. Write month or min.";
    assert_eq!(told, [format!("c.yaml:6:36: slaProperties[0].unit: {words}")]);
}

#[test]
fn printing_follows_the_order_of_the_standard() {
    let text = "\
apiVersion: v3.2.0
kind: DataContract
id: c
version: \"1.0.0\"
domain: finance
description:
  purpose: |
    Two
    lines
schema:
- name: t
  physicalName: gold.t
  properties:
  - name: a
    logicalType: string
    logicalTypeOptions:
      maxLength: 3
    required: true
    quality:
    - metric: nullValues
      mustBe: 0
slaProperties:
- property: latency
  value: 1
  unit: d
  element: t.a
";
    let contract = Contract::from_yaml("c.yaml", text).expect("is valid");
    assert_eq!(contract.to_yaml(), text);
}

/// The first edition as its own examples use it.
const EARLY: &str = "\
apiVersion: v3.0.2
kind: DataContract
id: c
version: 1.0.0
status: active
description:
  purpose: p
  authoritativeDefinitions: {type: privacy-statement, url: 'https://x.example'}
servers:
- {server: a, type: postgresql, host: h, port: 5432, database: d, schema: s, driver: x}
- {server: k, type: kafka, host: h, topic: t, format: json}
- {server: l, type: local, path: p, format: csv, delimiter: ','}
schema:
- name: t
  properties:
  - {name: a, logicalType: integer, logicalTypeOptions: {minimum: 0, maximum: 9, exclusiveMaximum: true}}
  quality:
  - {type: library, rule: duplicateCount, validValues: [x]}
  - {rule: rowCount, mustBeGreaterThan: 5, mustBeLessThan: 9}
  - {type: text, description: d, mustBe: 1}
team:
- {username: a, comment: left for another team}
- {role: owner}
slaProperties:
- {property: latency, value: 4, unit: d, column: t.a, comment: x}
customProperties:
- {property: lonely}
";

#[test]
fn what_the_first_edition_allows_is_never_refused() {
    for version in ["v3.0.0", "v3.0.1", "v3.0.2"] {
        let text = EARLY.replace("v3.0.2", version);
        Contract::from_yaml("c.yaml", &text).unwrap_or_else(|errors| panic!("{errors}"));
    }
    let later = EARLY.replace("v3.0.2", "v3.1.0");
    assert!(Contract::from_yaml("c.yaml", &later).expect_err("3.1 closed them").iter().count() > 10);
    let contract = Contract::from_yaml("c.yaml", EARLY).expect("is valid");
    let limits: Vec<String> = checks::promises(&contract, &contract.schema[0], chrono::DateTime::UNIX_EPOCH)
        .into_iter()
        .map(|promise| promise.label)
        .filter(|label| label.starts_with("a is "))
        .collect();
    assert_eq!(limits, ["a is at least 0", "a is below 9"]);
}

#[test]
fn fields_without_number_that_nobody_knows_are_counted_and_as_bad_as_each_of_them() {
    let many: Vec<_> = (0..250).map(|number| format!("unknown{number}: x\n")).collect();
    let many = many.concat();
    let errors = Contract::from_yaml("c.yaml", &contract(&many)).expect_err("3.2 is closed");
    assert_eq!(errors.iter().count(), 101);
    assert!(errors.to_string().contains("There are 150 more fields that nobody knows here."), "{errors}");
    let indented: Vec<_> = many.lines().map(|line| format!("  {line}\n")).collect();
    let within = format!("- property: age\n  value: 4\n{}customProperties:", indented.concat());
    let early = EARLY.replace("customProperties:", &within);
    let (_, advice) = Contract::read("c.yaml", &early).expect("3.0 leaves them open");
    assert!(advice.iter().any(|advice| advice.message.contains("150 more fields")), "{advice:?}");
}

#[test]
fn what_the_first_edition_does_not_know_is_advice() {
    let text = EARLY
        .replace(
            "logicalType: integer, logicalTypeOptions: {minimum: 0, maximum: 9, exclusiveMaximum: true}",
            "logicalType: timestamp",
        )
        .replace("{rule: rowCount,", "{metric: rowCount,")
        .replace("- {server: k, type: kafka,", "- {server: k, type: impala, database: d,")
        .replace(
            "team:\n- {username: a, comment: left for another team}\n- {role: owner}\n",
            "team: {name: T}\n",
        );
    let (_, advice) = Contract::read("c.yaml", &text).unwrap_or_else(|errors| panic!("{errors}"));
    let told: Vec<String> = advice.iter().map(ToString::to_string).collect();
    for words in [
        "schema[0].properties[0].logicalType: \"timestamp\" came with ODCS 3.1",
        "schema[0].quality[1].metric: This field came with ODCS 3.1",
        "servers[1].type: \"impala\" came with ODCS 3.1",
        "team: ODCS 3.0 writes the team as a list",
    ] {
        assert!(told.iter().any(|line| line.contains(words)), "{words}: {told:#?}");
    }
    let closed = EARLY.replace("- name: t\n", "- name: t\n  colums: []\n");
    Contract::from_yaml("c.yaml", &closed).expect_err("its schema closes objects and columns");
}
