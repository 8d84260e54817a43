//! The controls of a dashboard. Each is a part of its own, so that it can be drawn anew by itself.

use lakeport_model::dashboards::{Choice, Control, FILTER_DAYS, Filter};
use leptos::prelude::*;

/// A filter with the frame that says which state of it is shown.
pub(super) fn filter(filter: Filter) -> AnyView {
    let hash = filter.hash.clone();
    let id = block_id(&filter);
    view! { <div id=id data-block=hash>{control(filter)}</div> }.into_any()
}

/// Id of a filter's part on the page.
pub(super) fn block_id(filter: &Filter) -> String {
    format!("filter-{}", filter.name)
}

/// Id of the part with the way back.
pub(super) const RESET: &str = "filters-reset";

/// Which state of the way back is shown.
pub(super) fn reset_hash(filters: &[Filter]) -> String {
    is_any_set(filters).to_string()
}

/// The way back to the figures without a choice; it comes and goes with the choices.
pub(super) fn reset(filters: &[Filter], path: String) -> AnyView {
    is_any_set(filters).then(|| view! { <a class="btn btn-sm" href=path>"Reset the filters"</a> }).into_any()
}

fn is_any_set(filters: &[Filter]) -> bool {
    filters.iter().any(|filter| filter.changed)
}

/// The control with its label and help.
pub(super) fn control(filter: Filter) -> AnyView {
    let Filter { name, label, help, control, problem, .. } = filter;
    let described = help.is_some().then(|| format!("{name}-help"));
    let help = help.map(|help| view! { <p class="field-help" id=format!("{name}-help")>{help}</p> });
    let is_wrong = problem.is_some();
    let problem = problem.map(|problem| view! { <p class="field-error">{problem}</p> });
    let control = match control {
        Control::Period { presets, start, end, shown, text, compared_with } => {
            let words = match compared_with {
                Some(before) => format!("{text}, compared with {before}"),
                None => text,
            };
            period(name, label, presets, (start, end, shown), is_wrong, words).into_any()
        }
        Control::Day { value, text } => view! {
            <label for=name.clone()>{label}</label>
            <input
                class="input input-sm"
                type="date"
                id=name.clone()
                name=name
                value=value
                min=FILTER_DAYS.0
                max=FILTER_DAYS.1
                aria-describedby=described
            />
            <p class="visually-hidden">{text}</p>
        }
        .into_any(),
        Control::Select { options } => view! {
            <label for=name.clone()>{label}</label>
            <select class="select select-sm" id=name.clone() name=name aria-describedby=described>
                {choices(options)}
            </select>
        }
        .into_any(),
        Control::MultiSelect { options } => several(name, label, options).into_any(),
        Control::Slider { min, max, step, value, text } => view! {
            <label for=name.clone()>{label}": "<strong>{text}</strong></label>
            <input
                class="range range-sm"
                type="range"
                id=name.clone()
                name=name
                min=min
                max=max
                step=step
                value=value
                aria-describedby=described
            />
        }
        .into_any(),
        Control::Text { value, max_length } => view! {
            <label for=name.clone()>{label}</label>
            <input
                class="input input-sm"
                id=name.clone()
                name=name
                value=value
                maxlength=max_length.to_string()
                aria-describedby=described
            />
        }
        .into_any(),
    };
    view! { <div class="field">{control} {help} {problem}</div> }.into_any()
}

fn choices(options: Vec<Choice>) -> impl IntoView {
    options
        .into_iter()
        .map(|choice| view! { <option value=choice.value selected=choice.chosen>{choice.label}</option> })
        .collect_view()
}

/// A preset, or two days of one's own.
fn period(
    name: String,
    label: String,
    presets: Vec<Choice>,
    (start, end, shown): (String, String, String),
    is_reversed: bool,
    words: String,
) -> AnyView {
    let (first, last) = (format!("{name}_start"), format!("{name}_end"));
    view! {
        <label for=name.clone()>{label}</label>
        <div class="cluster">
            <select class="select select-sm w-40" id=name.clone() name=name.clone() aria-describedby=format!("{name}-range")>
                {choices(presets)}
            </select>
            <input
                class="input input-sm w-36"
                type="date"
                name=first
                value=start
                min=FILTER_DAYS.0
                max=FILTER_DAYS.1
                aria-label="First day"
                data-range=name.clone()
            />
            <input
                class="input input-sm w-36"
                type="date"
                name=last
                value=end
                min=FILTER_DAYS.0
                max=FILTER_DAYS.1
                aria-label="Last day"
                aria-invalid=is_reversed.then_some("true")
                data-range=name.clone()
            />
            <input type="hidden" name=format!("{name}_shown") value=shown />
        </div>
        <p class="field-help" id=format!("{name}-range")>{words}</p>
    }
    .into_any()
}

/// Any number of options behind a summary; none chosen means all.
fn several(name: String, label: String, options: Vec<Choice>) -> AnyView {
    let summary = chosen_words(&options);
    let boxes = options.into_iter().map(|choice| {
        view! {
            <label class="facet">
                <input type="checkbox" name=name.clone() value=choice.value checked=choice.chosen />
                <span>{choice.label}</span>
            </label>
        }
    });
    view! {
        <span class="text-[0.8125rem] font-medium" id=format!("{name}-label")>{label}</span>
        <details class="popover">
            <summary class="select select-sm" aria-describedby=format!("{name}-label")>{summary}</summary>
            <div class="menu popover-list" role="group" aria-labelledby=format!("{name}-label")>
                {boxes.collect_view()}
            </div>
        </details>
    }
    .into_any()
}

/// What the closed control says: the one that is chosen, how many, or all.
fn chosen_words(options: &[Choice]) -> String {
    let mut chosen = options.iter().filter(|choice| choice.chosen);
    match (chosen.next(), chosen.count()) {
        (None, _) => "All".to_owned(),
        (Some(one), 0) => one.label.clone(),
        (Some(_), others) => format!("{} chosen", others + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_follows_the_boxes() {
        let said = |chosen: &[bool]| {
            let choice = |(index, chosen): (usize, &bool)| Choice {
                value: index.to_string(),
                label: format!("Creditor {index}"),
                chosen: *chosen,
            };
            chosen_words(&chosen.iter().enumerate().map(choice).collect::<Vec<_>>())
        };
        assert_eq!([said(&[]), said(&[false, false])], ["All", "All"]);
        assert_eq!(said(&[false, true, false]), "Creditor 1", "never \"All\" while one box is ticked");
        assert_eq!(said(&[true, true, true]), "3 chosen");
    }
}
