//! Fields become an asset, and every mistake is told at its field.

use lakeport_model::catalog::Column as Described;

use super::*;

fn column(name: &str, classification: &str) -> ColumnText {
    ColumnText {
        name: name.to_owned(),
        data_type: "string".to_owned(),
        classification: classification.to_owned(),
        ..ColumnText::default()
    }
}

fn written() -> AssetText {
    AssetText {
        id: "gold.cases".to_owned(),
        kind: "table".to_owned(),
        layer: "gold".to_owned(),
        description: "Cases **by day**\r\n\r\n- one\r\n".to_owned(),
        tags: " money , daily,Money ".to_owned(),
        columns: vec![column("day", "internal"), ColumnText::default(), column("email", "confidential")],
        ..AssetText::default()
    }
}

fn read(written: &AssetText, held: Option<&AssetRow>) -> Form {
    Form::of("controlling".to_owned(), written, held.cloned(), DateTime::UNIX_EPOCH).expect("it is read")
}

fn columns(form: &Form) -> Vec<Described> {
    serde_json::from_str(&form.row.columns).expect("they are written")
}

#[test]
fn what_is_written_is_the_asset_of_a_file() {
    let form = read(&written(), None);
    assert!(form.problems.is_empty(), "{:?}", form.problems);
    let AssetRow { id, namespace, name, domain, description, tags, classification, location, .. } = &form.row;
    assert_eq!((id.as_str(), name.as_str(), namespace.as_str()), ("gold.cases", "gold.cases", NAMESPACE));
    assert_eq!((domain.as_str(), classification.as_str()), ("controlling", "confidential"));
    assert_eq!((description.as_str(), tags.as_str()), ("Cases **by day**\n\n- one", "[\"money\",\"daily\"]"));
    assert_eq!(*location, None, "a new one lies nowhere");
    let names: Vec<String> = columns(&form).into_iter().map(|column| column.name).collect();
    assert_eq!(names, ["day", "email"], "an empty line is no column");
}

#[test]
fn all_mistakes_are_told_at_once_each_at_its_field() {
    let wrong = AssetText {
        id: "Gold".to_owned(),
        kind: "chair".to_owned(),
        layer: "tin".to_owned(),
        description: "a\n\n[b](javascript:c)".to_owned(),
        platform: "a\u{202e}b".to_owned(),
        columns: vec![
            column("a", "internal"),
            column("", "internal"),
            ColumnText::default(),
            column("A", "secret"),
            ColumnText { description: "x\u{200b}y".to_owned(), ..column("b", "") },
        ],
        ..AssetText::default()
    };
    let told = read(&wrong, None).problems;
    let fields: Vec<&str> = told.iter().map(|problem| problem.field.as_str()).collect();
    for field in [
        "id",
        "kind",
        "layer",
        "platform",
        "description",
        "columns[1][name]",
        "columns[3][classification]",
        "columns[3][name]",
        "columns[4][description]",
    ] {
        assert_eq!(fields.iter().filter(|told| **told == field).count(), 1, "{field}: {told:?}");
    }
    assert_eq!(fields.len(), 9, "{told:?}");
}

#[test]
fn more_than_a_form_holds_is_refused() {
    let many = |number: usize| AssetText {
        columns: (0..number).map(|at| column(&format!("c{at}"), "internal")).collect(),
        ..written()
    };
    assert!(read(&many(MOST_COLUMNS_WRITTEN), None).problems.is_empty());
    let told = read(&many(MOST_COLUMNS_WRITTEN + 1), None).problems;
    assert_eq!((told.len(), told[0].field.as_str()), (1, "columns"));
    let tags: Vec<String> = (0..=MOST_TAGS).map(|number| format!("t{number}")).collect();
    let told = read(&AssetText { tags: tags.join(","), ..written() }, None).problems;
    assert_eq!((told.len(), told[0].field.as_str()), (1, "tags"));
    let long = AssetText { description: "x".repeat(LONGEST_DOCUMENT), ..written() };
    assert!(refuse_long(&long).is_err() && refuse_long(&written()).is_ok());
}

#[test]
fn what_nobody_changed_stays_as_files_wrote_it() {
    let mut held = read(&written(), None).row;
    held.location = Some("gold/cases".to_owned());
    held.description = "Cases **by day**\n\n- one\n\n".to_owned();
    held.tags = "[\"one, two\"]".to_owned();
    let mut kept = columns(&read(&written(), None));
    kept[0].description = "First line\nsecond  line".to_owned();
    held.columns = serde_json::to_string(&kept).expect("they are written");
    let mut same = AssetText { tags: "one, two".to_owned(), ..written() };
    same.columns[0].description = "First line second line".to_owned();
    let form = read(&same, Some(&held));
    assert_eq!((form.problems.len(), form.row), (0, held));
}

#[test]
fn columns_that_the_form_does_not_show_stay() {
    let column = |number: usize| Described {
        name: format!("c{number}"),
        data_type: "long".to_owned(),
        description: String::new(),
        classification: lakeport_model::catalog::Classification::Restricted,
        tags: Vec::new(),
        drift: None,
    };
    let wide: Vec<Described> = (0..=MOST_COLUMNS_WRITTEN).map(column).collect();
    let held = AssetRow {
        columns: serde_json::to_string(&wide).expect("they are written"),
        classification: "restricted".to_owned(),
        ..read(&written(), None).row
    };
    let none = AssetText { columns: Vec::new(), ..written() };
    let form = read(&none, Some(&held));
    assert_eq!((form.problems.len(), form.row.columns), (0, held.columns.clone()));
    let told = read(&written(), Some(&held)).problems;
    assert_eq!((told.len(), told[0].field.as_str()), (1, "columns"));
}

#[test]
fn a_refusal_names_the_column() {
    let problem = |field: &str| FieldProblem { field: field.to_owned(), message: "Mend it.".to_owned() };
    let told = |field: &str| match refused(&problem(field)) {
        Error::Refused(refusal) => (refusal.field.unwrap_or_default(), refusal.message),
        Error::Fault(_) => panic!("a refusal was expected"),
    };
    assert_eq!(told("kind"), ("kind", "Mend it.".to_owned()));
    assert_eq!(told("columns[3][name]"), ("columns", "Column 4: Mend it.".to_owned()));
    assert_eq!(told("columns"), ("columns", "Mend it.".to_owned()));
}

#[test]
fn a_namespace_is_a_name_or_an_address() {
    let told = |namespace: &str, held: Option<&AssetRow>| {
        let told = read(&AssetText { namespace: namespace.to_owned(), ..written() }, held).problems;
        told.into_iter().map(|problem| (problem.field, problem.message)).collect::<Vec<_>>()
    };
    for namespace in ["", "lakehouse", "kafka://broker.example:9092", "dbt://central-data", "größe_1"] {
        assert!(told(namespace, None).is_empty(), "{namespace}: {:?}", told(namespace, None));
    }
    for (namespace, what) in [("my lake", "a blank"), ("lake;house", "\";\""), ("<lake>", "\"<\"")] {
        let told = told(namespace, None);
        assert_eq!((told.len(), told[0].0.as_str()), (1, "namespace"), "{namespace}");
        assert!(told[0].1.starts_with(&format!("There is {what} in it.")), "{told:?}");
    }
    let held = AssetRow { namespace: "my lake".to_owned(), ..read(&written(), None).row };
    assert!(told("my lake", Some(&held)).is_empty(), "files may have stated it");
}
