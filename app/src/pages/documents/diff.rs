//! A comparison of two texts, line by line.

use lakeport_model::documents::{DiffLine, LineChange};
use leptos::prelude::*;

use crate::ui::number;

/// The lines of a comparison; what became of each stands before it as a sign.
pub(crate) fn comparison(lines: Vec<DiffLine>, is_cut: bool, caption: &'static str) -> AnyView {
    let cut = is_cut.then(|| {
        view! { <p class="muted">"The comparison is too long to be shown whole: it stops here."</p> }
    });
    let rows = lines.into_iter().map(row).collect_view();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=caption>
            <table class="data-table diff">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col" class="num">"Before"</th>
                        <th scope="col" class="num">"After"</th>
                        <th scope="col"><span class="visually-hidden">"Change"</span></th>
                        <th scope="col">"Line"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {cut}
    }
    .into_any()
}

fn row(line: DiffLine) -> AnyView {
    let (class, sign, word) = match line.change {
        LineChange::Same => (None, "", ""),
        LineChange::Added => (Some("diff-add"), "+", "added"),
        LineChange::Removed => (Some("diff-remove"), "\u{2212}", "taken away"),
        LineChange::Skipped => {
            let words = format!("{} lines that stand in both", line.text);
            return view! { <tr><td colspan="4" class="muted">{words}</td></tr> }.into_any();
        }
    };
    view! {
        <tr class=class>
            <td class="num muted">{line.old.map(number)}</td>
            <td class="num muted">{line.new.map(number)}</td>
            <td><span aria-hidden="true">{sign}</span><span class="visually-hidden">{word}</span></td>
            <td class="diff-text">{line.text}</td>
        </tr>
    }
    .into_any()
}
