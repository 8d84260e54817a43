//! The worked example, a table of slips with the exact answers, and texts nobody would write.

use proptest::prelude::*;

use super::*;

fn errors(text: &str) -> Vec<String> {
    match parse("d.md", text) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

/// A text that is right but for `body`; its first line is line 6.
fn with(body: &str) -> String {
    format!("---\ntitle: T\nowner: o\nreads: [gold.t]\n---\n{body}\n")
}

const QUERY: &str = "```sql q\nSELECT 1 AS n FROM gold.t\n```\n";

#[test]
fn the_worked_example_is_understood() {
    let example =
        parse("example.md", include_str!("example.md")).unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!(example.front.title, "Collections controlling");
    assert_eq!(example.front.reads, ["gold.collections"]);
    assert_eq!(example.front.locale, lakeport_frame::Locale::De);
    assert_eq!(example.front.view_groups, ["controlling", "creditor-managers"]);
    assert_eq!(example.front.subscribe[0].params, [("period".to_owned(), "last_month".to_owned())]);
    let widgets: Vec<&str> = example.widgets.iter().map(|widget| widget.name.as_str()).collect();
    assert_eq!(widgets, ["period", "creditor"]);
    let queries: Vec<(&str, u64)> =
        example.queries.iter().map(|query| (query.name.as_str(), query.line)).collect();
    assert_eq!(queries, [("totals", 22), ("daily", 29), ("by_creditor", 36), ("open_cases", 41)]);
    let ids: Vec<&str> = example.elements().iter().map(|block| block.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "text",
            "metric-totals-cases",
            "metric-totals-claimed",
            "metric-totals-collected",
            "metric-totals-recovery_rate",
            "line_chart-daily",
            "bar_chart-by_creditor",
            "dataframe-open_cases",
        ]
    );
    assert!(matches!(&example.body[2].kind, BlockKind::Columns { weights, .. } if *weights == [3, 2]));
    assert_eq!(example.alerts.len(), 1);
    assert_eq!(example.tests[0].expect.len(), 4);
    let warnings: Vec<&str> = example.warnings.iter().map(|warning| warning.message.as_str()).collect();
    assert_eq!(
        warnings,
        [
            "Deliveries are checked and kept, but not sent yet.",
            "xlsx is not offered yet; csv is.",
            "Alerts are checked and kept, but nobody is told yet.",
            "Tests are checked and kept, but not run yet.",
        ]
    );
    assert_eq!(
        example.not_carried_out(),
        [
            "Deliveries: 0 7 1 * *. They are not sent.",
            "Alerts: low_recovery. Nobody is told.",
            "Tests: january. They are not run.",
            "Downloads as xlsx: dataframe-open_cases. csv is offered instead.",
        ],
        "readers are told as well"
    );
}

#[test]
fn everything_is_said_at_once_in_the_order_of_the_text() {
    let text = "---\ntitle: T\nonwer: o\nreads: [collections]\nlocale: fr\n---\n```metirc\n```\n```metric\n{label: A, vlaue: q.n}\n```\n:::\n";
    assert_eq!(
        errors(text),
        [
            "d.md:1:1: front matter.owner: front matter needs the option \"owner\", for instance owner: controlling.",
            "d.md:3:1: front matter.onwer: front matter has no option \"onwer\". Did you mean \"owner\"? Allowed: \
             title, owner, reads, locale, view, subscribe, domain, product, description.",
            "d.md:4:9: front matter.reads: \"collections\" is not the name of a table; write it as SQL does, such as \
             gold.collections.",
            "d.md:5:9: front matter.locale: \"locale\" cannot be \"fr\". Allowed: en, en-GB, en-US, de, de-DE, de-AT.",
            "d.md:7:1: There is no block \"metirc\". Did you mean \"metric\"? Allowed: date_input, selectbox, \
             multiselect, slider, text_input, metric, line_chart, bar_chart, area_chart, dataframe, sql, alert, test.",
            "d.md:9:1: metric.value: metric needs the option \"value\", for instance value: totals.cases.",
            "d.md:10:12: metric.vlaue: metric has no option \"vlaue\". Did you mean \"value\"? Allowed: label, value, \
             fmt, delta, delta_color, spark, help.",
            "d.md:12:1: There is no open container that ::: could close.",
        ]
    );
}

#[test]
fn each_slip_has_its_answer() {
    let cases: &[(&str, &str)] = &[
        ("```sql q\nSELECT 1", "6:1: This block is not closed; end it with a line ```."),
        ("```sql\nSELECT 1\n```", "6:1: sql: This block needs a name: ```sql NAME."),
        ("```sql q\n\n```", "6:1: sql: This query is empty; write a SELECT between the fences."),
        (
            "```sql My-Query\nSELECT 1\n```",
            "6:1: sql: \"My-Query\" is not a name; names are lower case letters, digits and _, with a letter first.",
        ),
        (
            "```sql q\nSELECT 1\n```\n```sql q\nSELECT 2\n```\n{q.n}",
            "9:1: \"q\" is already the name of the block on line 6; names are unique.",
        ),
        (
            "```selectbox region\n{options: [a]}\n```\n```sql q\nSELECT 1\nFROM gold.t WHERE r = $regoin\n```\n{q.n}",
            "11:23: sql q: No filter binds $regoin. Did you mean \"$region\"? Bound: $region.",
        ),
        (
            "```sql q\nSELECT $1\n```\n{q.n}",
            "7:8: sql q: $1 is not a parameter here; parameters have the name of a filter.",
        ),
        (
            "```metric\n{label: A, value: totals.n}\n```",
            "7:19: metric.value: There is no query \"totals\". Queries: none.",
        ),
        (
            "```metric\n{label: A, value: n}\n```",
            "7:19: metric.value: \"value\" expects a query and a column, such as totals.cases, not \"n\".",
        ),
        ("Text {tofals.n}", "6:6: There is no query \"tofals\". Queries: none."),
        ("Text {period}", "6:6: There is no filter \"period\". Filters: none."),
        ("```metric\nlabel: \"A\n```", "7:8: metric: This is not YAML that can be read: unclosed quote."),
        (
            "```metric\na: 1\na: 2\n```",
            "8:1: metric: This is not YAML that can be read: duplicate mapping key `a` is not allowed here.",
        ),
        (
            "```metric\njust text\n```",
            "7:1: metric: metric expects options such as \"label: ..\", not \"just text\".",
        ),
        (
            "::: columns 0\nx\n:::",
            "6:1: columns: \"0\" are not columns; write a count (::: columns 4) or widths (::: columns 3 2), each from 1 to 12.",
        ),
        (
            "::: colums 2\nx\n:::",
            "6:1: There is no container \"colums\". Did you mean \"columns\"? Allowed: columns, tabs, tab, expander, expanded.",
        ),
        ("::: columns 2\nx", "6:1: This container is not closed; end it with a line :::."),
        ("::: columns 2\n:::", "6:1: This container is empty."),
        ("::: tabs\ntext\n:::", "7:1: tabs: Inside ::: tabs stand only ::: tab TITLE containers."),
        ("::: tab One\ntext\n:::", "6:1: tab: ::: tab stands directly inside ::: tabs."),
        (
            "::: expander\ntext\n:::",
            "6:1: expander: ::: expander needs a title, for instance ::: expander Details.",
        ),
        (
            "```selectbox r\n{options: {column: gold.other.region}}\n```\n{r}",
            "6:1: options.column: The options come from \"gold.other\", which \"reads\" in the front matter does not \
             name. It names: gold.t.",
        ),
        (
            "```selectbox r\n{options: [north, south], default: nort}\n```\n{r}",
            "7:36: selectbox.default: The default \"nort\" is not among the options. Did you mean \"north\"?",
        ),
        (
            "```date_input d\n{range: true, default: last_mnth}\n```\n{d}",
            "7:24: date_input.default: \"last_mnth\" is not a period. Did you mean \"last_month\"? Allowed: \
             last_7_days, last_30_days, this_month, last_month, this_quarter, last_quarter, this_year, last_year, \
             all, or days such as 2025-01-01..2025-12-31.",
        ),
        (
            "```date_input d\n{compare: previous_period}\n```\n{d}",
            "6:1: date_input.compare: \"compare\" needs range: true; one day has no period before it.",
        ),
        (
            "```slider s\n{min: 5, max: 1}\n```\n{s}",
            "6:1: slider.max: \"max\" (1) has to be above \"min\" (5).",
        ),
        ("```slider s\n{max: ten}\n```\n{s}", "7:7: slider.max: \"max\" expects a number, not \"ten\"."),
        (
            "# See [this](javascript:x)",
            "6:1: The link \"javascript:x\" is not allowed; links start with https://, http://, / or a relative path.",
        ),
    ];
    for (body, expected) in cases {
        let found = errors(&with(body));
        assert!(
            found.contains(&format!("d.md:{expected}")),
            "{body}\nexpected {expected}\nfound    {found:#?}"
        );
    }
}

#[test]
fn elements_are_checked_against_queries() {
    let chart = |options: &str| errors(&with(&format!("{QUERY}```bar_chart\n{options}\n```")));
    assert_eq!(chart("{data: q, x: a, y: n, title: T}"), Vec::<String>::new());
    assert_eq!(
        chart("{data: q, x: a, y: n, title: T, on_select: {creditor: b}}"),
        [
            "d.md:10:45: bar_chart.on_select: There is no filter \"creditor\". Filters: none.",
            "d.md:10:55: bar_chart.on_select: \"on_select\" takes its value from \"x\", of bars also from \"color\", \
             not \"b\".",
        ]
    );
    assert_eq!(
        chart("{data: q, x: a, y: [n, m], color: c, title: T, fmt: eur9}"),
        [
            "d.md:10:35: bar_chart.color: \"color\" needs a single column in \"y\"; with several, each is a series.",
            "d.md:10:53: bar_chart.fmt: \"eur9\" is not a format; use num0 to num4, eur0 to eur2, pct0 to pct2, date, \
             month, datetime or plain.",
        ]
    );
    let metric = format!("{QUERY}```metric\n{{label: A, value: q.n, delta: previous_period}}\n```");
    assert_eq!(
        errors(&with(&metric)),
        [
            "d.md:10:31: metric.delta: The query \"q\" uses no period to compare; it needs a date_input with range: true \
          and compare: previous_period."
        ]
    );
}

#[test]
fn alerts_and_tests_are_checked() {
    let body = format!(
        "{QUERY}{{q.n}}\n```alert a\n{{when: q.n ~ 1, cron: \"61 * * * *\", params: {{period: x}}, to: [group:c]}}\n```\n\
         ```test t\nexpect:\n  - rows(r) = 1\n  - q.n between 1 and x\n```"
    );
    assert_eq!(
        errors(&with(&body)),
        [
            "d.md:11:8: alert.when: \"q.n ~ 1\" is not a condition. Conditions look like: totals.cases > 0, \
             totals.rate between 0 and 1, rows(totals) = 1, sum(daily.amount) = totals.amount, max_ms 500.",
            "d.md:11:23: alert.cron: \"cron\" cannot be \"61 * * * *\"; it needs minute, hour, day, month and weekday, \
             such as \"0 7 * * 1\".",
            "d.md:11:46: params: There is no filter \"period\". Filters: none.",
            "d.md:15:5: test.expect: There is no query \"r\". Queries: q.",
            "d.md:16:5: test.expect: \"q.n between 1 and x\" is not a condition. Conditions look like: totals.cases > 0, \
             totals.rate between 0 and 1, rows(totals) = 1, sum(daily.amount) = totals.amount, max_ms 500.",
        ]
    );
}

#[test]
fn what_is_not_used_is_advice() {
    let test = "```test t\nexpect: [rows(q) = 1]\n```";
    let text = with(&format!("```text_input word\n```\n{QUERY}{test}"));
    let dashboard = parse("d.md", &text).unwrap_or_else(|problems| panic!("{problems:?}"));
    let warnings: Vec<String> = dashboard.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "d.md:6:1: word: No query uses this filter ($word).",
            "d.md:8:1: q: Nothing shows this query, so it is not run.",
            "d.md:11:1: test: Tests are checked and kept, but not run yet.",
        ]
    );
}

#[test]
fn front_matter_is_needed() {
    assert_eq!(
        errors("# Title\n"),
        ["d.md:1:1: A dashboard starts with a line --- and its title, owner and tables (reads) below it."]
    );
    assert_eq!(
        errors("---\ntitle: T\n"),
        ["d.md:1:1: The part that starts here is not closed; end it with a line ---."]
    );
    assert_eq!(
        errors(&format!("---\ntitle: T\nowner: o\n---\n{QUERY}{{q.n}}\n")),
        ["d.md:5:1: front matter.reads: This query reads no table, for the front matter names none; add \
          reads: [gold.collections] there."]
    );
    assert_eq!(
        errors("---\ntitle: [\n---\n"),
        ["d.md:2:8: front matter: This is not YAML that can be read: unclosed bracket '['."]
    );
    let long = "x".repeat(MAX_BYTES + 1);
    assert_eq!(errors(&long), ["d.md:1:1: The text has 262145 bytes; a dashboard may have 262144."]);
}

#[test]
fn containers_and_samples() {
    let text = with(
        "::: tabs\n::: tab One\nfirst\n:::\n::: tab Two\n::: expanded More\n```\n::: not a container\n{q.n}\n```\n:::\n:::\n:::",
    );
    let dashboard = parse("d.md", &text).unwrap_or_else(|problems| panic!("{problems:?}"));
    let BlockKind::Tabs(tabs) = &dashboard.body[0].kind else { panic!("{:?}", dashboard.body) };
    assert_eq!((tabs[0].title.as_str(), tabs[1].title.as_str()), ("One", "Two"));
    let BlockKind::Expander { children, open: true, .. } = &tabs[1].children[0].kind else {
        panic!("{tabs:?}")
    };
    let expected = vec![Piece::Html("<pre><code>::: not a container\n{q.n}\n</code></pre>\n".to_owned())];
    assert_eq!(children[0].kind, BlockKind::Text(expected));
}

#[test]
fn windows_line_ends_and_byte_order_marks_are_fine() {
    let text = format!("\u{feff}{}", with(&format!("{QUERY}{{q.n}}")).replace('\n', "\r\n"));
    assert_eq!(errors(&text), Vec::<String>::new());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_gets_an_answer(text in any::<String>()) {
        let _ = parse("d.md", &text);
        let _ = parse("d.md", &with(&text));
    }

    #[test]
    fn any_mix_of_parts_gets_an_answer_inside_the_text(parts in prop::collection::vec(part(), 0..24)) {
        let text = with(&parts.concat());
        let lines = u64::try_from(text.lines().count()).expect("a short text");
        for problem in parse("d.md", &text).err().into_iter().flatten() {
            prop_assert!((1..=lines + 1).contains(&problem.line), "{problem} in {lines} lines");
        }
    }
}

/// Parts of dashboards, whole and broken.
fn part() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "```sql q\nSELECT '$a' FROM t WHERE x = $p\n```\n",
        "```sql q\n",
        "```\n",
        "::: columns 2\n",
        "::: tabs\n",
        "::: tab A\n",
        ":::\n",
        "::::::\n",
        "{q.n|pct1} {p} \\{p} {",
        "}",
        "```metric\n{label: A, value: q.n}\n```\n",
        "```date_input p\nrange: true\n```\n",
        "```multiselect p\noptions: {column: gold.t.c}\n```\n",
        "---\n",
        "- {a: [",
        "]}\n",
        "&a *a",
        "<b>",
        "[x](y",
        ")",
        "| a |\n|-|\n",
        "\t",
        "\u{e000}1\u{e001}",
        "\u{e000}",
        "```test t\nexpect: [rows(q) = 1]\n```\n",
        "~~~\n",
        "# ",
        "\n",
        "'",
        "\"",
        "```bar_chart\n{data: q, x: a}\n```\n",
    ])
    .prop_map(str::to_owned);
    prop_oneof![6 => known, 1 => any::<String>()]
}

#[test]
fn containers_in_containers_are_refused_and_not_followed() {
    for open in ["::: tabs\n::: tab a\n", "::: expander a\n"] {
        let said = errors(&with(&open.repeat(10_000)));
        assert!(said.iter().any(|said| said.contains("nested more than 5 deep")), "{open}");
        assert!(said.len() < 20, "{} said", said.len());
    }
    assert_eq!(errors(&with("::: expander a\nb\n:::\n")), Vec::<String>::new());
}
