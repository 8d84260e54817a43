//! A plan, and what became of it, in words for a terminal.

use lakeport_model::day;
use lakeport_model::documents::{DiffLine, LineChange};
use lakeport_model::mesh::{Applied, Meeting, Plan, PlannedChange, PlannedRetirement, PushProblem};
use lakeport_portal::legible;

/// What stands before the lines that belong to the one above.
const INDENT: &str = "    ";

/// Lines for a terminal. Nothing that a portal or a file says moves its cursor.
#[derive(Default)]
struct Told(String);

impl Told {
    fn line(&mut self, line: &str) {
        self.0.push_str(&legible(line));
        self.0.push('\n');
    }

    fn below(&mut self, line: &str) {
        self.line(&format!("{INDENT}{line}"));
    }

    fn effects(&mut self, effects: &[String]) {
        for effect in effects {
            self.below(effect);
        }
    }

    /// A comparison, as `diff -u` shows one.
    fn diff(&mut self, lines: &[DiffLine], is_cut: bool) {
        for part in lines.split(|line| line.change == LineChange::Skipped).filter(|part| !part.is_empty()) {
            let range = |number: fn(&DiffLine) -> Option<u32>| {
                let mut numbers = part.iter().filter_map(number);
                let first = numbers.next();
                format!("{},{}", first.unwrap_or_default(), usize::from(first.is_some()) + numbers.count())
            };
            let (old, new) = (range(|line| line.old), range(|line| line.new));
            self.below(&format!("@@ -{old} +{new} @@"));
            for line in part {
                let sign = match line.change {
                    LineChange::Added => '+',
                    LineChange::Removed => '-',
                    LineChange::Same | LineChange::Skipped => ' ',
                };
                self.below(&format!("{sign}{}", line.text));
            }
        }
        if is_cut {
            self.below("The comparison is too long to be shown whole.");
        }
    }

    fn meeting(&mut self, meeting: &Meeting) {
        let Meeting { kind, id, file, revision, said, diff, is_cut } = meeting;
        self.line(&format!("! {kind} {id} ({file}): {said}"));
        self.below(&format!("--- revision {revision}, as it is published"));
        self.below(&format!("+++ {file}"));
        self.diff(diff, *is_cut);
        let argument = quoted(&format!("{kind} {id}@{revision}"));
        self.below(&format!(
            "Once the file takes revision {revision} into account, push it with --over {argument}"
        ));
    }
}

/// What a push would do, a line for each thing.
pub(super) fn plan(plan: &Plan) -> String {
    let mut told = Told::default();
    for change in &plan.created {
        told.line(&format!("+ {} {} ({})", change.kind, change.id, change.file));
        told.effects(&change.effects);
    }
    for change in &plan.changed {
        let PlannedChange { kind, id, file, added, removed, .. } = change;
        told.line(&format!("~ {kind} {id} +{added} -{removed} ({file})"));
        told.diff(&change.diff, change.is_cut);
        told.effects(&change.effects);
    }
    for PlannedRetirement { kind, id, on, effects } in &plan.retired {
        told.line(&format!("- {kind} {id}, retired from {}", day(*on)));
        told.effects(effects);
    }
    for sentence in &plan.kept {
        told.line(&format!("= {sentence}"));
    }
    for sentence in &plan.warnings {
        told.line(&format!("warning: {sentence}"));
    }
    for meeting in &plan.meetings {
        told.meeting(meeting);
    }
    for problem in &plan.refused {
        told.line(&refused(problem));
    }
    // With a problem the portal stops before it has looked at everything: no number would be true.
    if plan.refused.is_empty() {
        let numbers = [plan.created.len(), plan.changed.len(), plan.retired.len()];
        let mut parts = vec![counts(numbers, plan.unchanged)];
        match plan.kept.len() {
            0 => {}
            1 => parts.push("1 left as it is in the portal".to_owned()),
            kept => parts.push(format!("{kept} left as they are in the portal")),
        }
        if !plan.meetings.is_empty() {
            parts.push(format!("{} changed on both sides", plan.meetings.len()));
        }
        told.line(&format!("{}.", parts.join(", ")));
    }
    told.0
}

/// Why nothing was pushed.
pub(super) fn refusal(plan: &Plan) -> String {
    let mut reasons = Vec::new();
    if !plan.refused.is_empty() {
        reasons.push(counted(plan.refused.len(), "problem"));
    }
    if !plan.meetings.is_empty() {
        let documents = counted(plan.meetings.len(), "document");
        reasons.push(format!("{documents} changed both in the portal and in the files"));
    }
    format!("{}; nothing was changed.", reasons.join(", "))
}

/// What was applied.
pub(super) fn applied(applied: &Applied) -> String {
    let numbers = [applied.created.len(), applied.changed.len(), applied.retired.len()];
    format!("Applied: {}.\n", counts(numbers, applied.unchanged))
}

fn counts([created, changed, retired]: [usize; 3], unchanged: u32) -> String {
    let retired = if retired > 0 { format!("{retired} retired, ") } else { String::new() };
    format!("{created} new, {changed} changed, {retired}{unchanged} unchanged")
}

/// `FILE:LINE:COLUMN: FIELD: MESSAGE`, of which only the message is always there.
fn refused(problem: &PushProblem) -> String {
    let PushProblem { file, line, column, field, message } = problem;
    let place = if *line > 0 { format!("{file}:{line}:{column}") } else { file.clone() };
    let parts = [place.as_str(), field.as_str(), message.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
}

/// `1 problem`, `2 problems`.
fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// One word for a shell, whatever stands in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use lakeport_model::documents::DocumentKind;

    use super::*;

    fn line(change: LineChange, old: Option<u32>, new: Option<u32>, text: &str) -> DiffLine {
        DiffLine { change, old, new, text: text.to_owned() }
    }

    fn diff() -> Vec<DiffLine> {
        vec![
            line(LineChange::Skipped, None, None, "3"),
            line(LineChange::Same, Some(4), Some(4), "id: orders"),
            line(LineChange::Removed, Some(5), None, "name: Orders"),
            line(LineChange::Added, None, Some(5), "name: All orders"),
            line(LineChange::Added, None, Some(6), "tags: [sales]"),
            line(LineChange::Skipped, None, None, "9"),
        ]
    }

    fn change(id: &str, diff: Vec<DiffLine>, effect: &str) -> PlannedChange {
        PlannedChange {
            kind: DocumentKind::Product,
            id: id.to_owned(),
            file: format!("{id}.yaml"),
            added: 2,
            removed: 1,
            diff,
            is_cut: false,
            effects: vec![effect.to_owned()],
        }
    }

    fn meeting(id: &str) -> Meeting {
        Meeting {
            kind: DocumentKind::Product,
            id: id.to_owned(),
            file: "orders.yaml".to_owned(),
            revision: 3,
            said: "Maria Keller published revision 3.".to_owned(),
            diff: diff(),
            is_cut: true,
        }
    }

    #[test]
    fn a_plan_is_told_in_lines() {
        let plan = Plan {
            created: vec![change("returns", Vec::new(), "Everybody sees it.")],
            changed: vec![change("orders", diff(), "Two people lose access.")],
            unchanged: 7,
            kept: vec!["product stock stays as Maria Keller wrote it.".to_owned()],
            warnings: vec!["notes.md is no dashboard.".to_owned()],
            ..Plan::default()
        };
        assert_eq!(
            super::plan(&plan),
            "+ product returns (returns.yaml)\n    Everybody sees it.\n~ product orders +2 -1 (orders.yaml)\n    \
             @@ -4,2 +4,3 @@\n     id: orders\n    -name: Orders\n    +name: All orders\n    +tags: [sales]\n    \
             Two people lose access.\n= product stock stays as Maria Keller wrote it.\nwarning: notes.md is no \
             dashboard.\n1 new, 1 changed, 7 unchanged, 1 left as it is in the portal.\n"
        );
    }

    #[test]
    fn what_is_retired_is_told_with_its_day_and_counted() {
        let gone = PlannedRetirement {
            kind: DocumentKind::Product,
            id: "orders".to_owned(),
            on: "2027-01-01".parse().expect("it is a day"),
            effects: vec!["Nobody can request access any more.".to_owned()],
        };
        let plan = Plan { retired: vec![gone], unchanged: 3, ..Plan::default() };
        assert_eq!(
            super::plan(&plan),
            "- product orders, retired from 1 Jan 2027\n    Nobody can request access any more.\n0 new, 0 changed, 1 \
             retired, 3 unchanged.\n"
        );
        let retired = vec![(DocumentKind::Product, "orders".to_owned())];
        let mut done = Applied { created: Vec::new(), changed: Vec::new(), retired, unchanged: 3 };
        assert_eq!(applied(&done), "Applied: 0 new, 0 changed, 1 retired, 3 unchanged.\n");
        done.retired.clear();
        assert_eq!(applied(&done), "Applied: 0 new, 0 changed, 3 unchanged.\n");
    }

    #[test]
    fn every_file_is_counted_and_none_where_there_are_problems() {
        let last = |plan: &Plan| super::plan(plan).lines().last().unwrap_or_default().to_owned();
        let kept = |number| vec!["product stock stays.".to_owned(); number];
        let mut plan = Plan { unchanged: 1, ..Plan::default() };
        assert_eq!(last(&plan), "0 new, 0 changed, 1 unchanged.");
        plan.kept = kept(2);
        assert_eq!(last(&plan), "0 new, 0 changed, 1 unchanged, 2 left as they are in the portal.");
        plan.kept = kept(1);
        plan.meetings = vec![meeting("orders")];
        assert_eq!(
            last(&plan),
            "0 new, 0 changed, 1 unchanged, 1 left as it is in the portal, 1 changed on both sides."
        );
        plan.refused = vec![PushProblem {
            file: "a.yaml".to_owned(),
            line: 0,
            column: 0,
            field: String::new(),
            message: "No.".to_owned(),
        }];
        assert_eq!(last(&plan), "a.yaml: No.");
        assert!(!super::plan(&plan).contains("unchanged"), "nothing is counted");
    }

    #[test]
    fn what_keeps_a_push_back_is_told_with_its_place_and_what_to_do() {
        let problem = |file: &str, line, field: &str| PushProblem {
            file: file.to_owned(),
            line,
            column: 3,
            field: field.to_owned(),
            message: "No.".to_owned(),
        };
        let plan = Plan {
            meetings: vec![meeting("orders")],
            refused: vec![problem("a.yaml", 2, "name"), problem("b.yaml", 0, ""), problem("", 0, "")],
            ..Plan::default()
        };
        assert_eq!(
            super::plan(&plan),
            "! product orders (orders.yaml): Maria Keller published revision 3.\n    --- revision 3, as it is \
             published\n    +++ orders.yaml\n    @@ -4,2 +4,3 @@\n     id: orders\n    -name: Orders\n    +name: All \
             orders\n    +tags: [sales]\n    The comparison is too long to be shown whole.\n    Once the file takes \
             revision 3 into account, push it with --over 'product orders@3'\na.yaml:2:3: name: No.\nb.yaml: No.\nNo.\n"
        );
        assert_eq!(
            refusal(&plan),
            "3 problems, 1 document changed both in the portal and in the files; nothing was changed."
        );
    }

    #[test]
    fn nothing_that_is_told_ever_speaks_in_the_terminal_or_to_the_shell() {
        let mut hostile = change("x\u{1b}[2J", diff(), "A\r\nApplied: all");
        hostile.diff[1].text = "\u{1b}[31mred".to_owned();
        let plan = Plan { created: vec![hostile.clone()], changed: vec![hostile], ..Plan::default() };
        let said = super::plan(&plan);
        assert!(!said.contains(['\u{1b}', '\r']), "{said:?}");
        assert!(!said.lines().any(|line| line.starts_with("Applied")), "{said:?}");
        let mut told = Told::default();
        told.meeting(&meeting("x'; rm -rf ~; '"));
        assert!(told.0.contains("--over 'product x'\\''; rm -rf ~; '\\''@3'"), "{}", told.0);
    }
}
