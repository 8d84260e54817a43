//! `date_input`: a day, or with `range: true` a period.

use super::{DayInput, Fence, PeriodInput, WidgetKind};
use crate::dashboards::fields::Fields;

pub(super) const FENCE: Fence = Fence {
    word: "date_input",
    options: &["label", "help", "range", "default", "compare"],
    read: |fields| Some(read(fields)),
};

fn read(fields: &mut Fields) -> WidgetKind {
    let range = fields.flag("range").unwrap_or(false);
    let compare = fields.word("compare", &[("previous_period", true)]).unwrap_or(false);
    if range {
        return WidgetKind::Period(PeriodInput::read(fields, compare));
    }
    if compare {
        fields.wrong("compare", fields.at, "\"compare\" needs range: true; one day has no period before it.");
    }
    WidgetKind::Day(DayInput::read(fields))
}
