//! What becomes of the assets that somebody chose, before it is carried out: each by itself, and all of them together.

use lakeport_model::many::{ChangeText, ManyChecked, ManyLine, Outcome};
use lakeport_model::people::DomainRef;
use leptos::prelude::*;

use super::{Asked, CHANGE, CHOSEN, change_of};
use crate::pages::asset_href;
use crate::pages::assets::edit::consent;
use crate::ui::{Badge, Column, Form, FormState, Hidden, Table, TextField, Tone, counted};

/// What stands below the field for the reason.
const REASON_HELP: &str = "For those who read the histories: it stands at each of these assets. It can stay empty, unless something is \
                           protected less than before.";

/// What becomes of a change where files say something else.
const FROM_FILES: &str = "What comes from files keeps a change that is made here, and the next import or push of another text is refused \
                          until both are put together. Only what changes is sent: all of it is changed, or nothing.";

pub(super) fn checked(form: &FormState, asked: &Asked, domain: &DomainRef, plan: ManyChecked) -> AnyView {
    let back = asked.here(&domain.id);
    let only_looked = form.was_sent() && !form.was_refused();
    let ManyChecked { what, lines, count, together, needs_consent, meaning } = plan;
    let ending = if count == 0 {
        view! { <p><a class="btn" href=back>"Back to the list"</a></p> }.into_any()
    } else {
        let change = form.all_typed().map(change_of).unwrap_or_default();
        let consent = consent(form, needs_consent, meaning);
        changing(form, (domain, change), &lines, count, (back, consent))
    };
    let heads = ["Asset", "What becomes of it", "What it changes for people"].map(Column::text).to_vec();
    let rows = lines.into_iter().map(row).collect_view();
    view! {
        <div class="stack min-w-0">
            <h2 id="what" tabindex="-1" autofocus=only_looked>{what}</h2>
            <p id="together">{together}</p>
            <Table caption="What becomes of each asset" columns=heads>{rows}</Table>
            {ending}
        </div>
    }
    .into_any()
}

/// The form that carries it out, with those assets alone that change.
fn changing(
    form: &FormState,
    (domain, change): (&DomainRef, ChangeText),
    lines: &[ManyLine],
    count: u32,
    (back, consent): (String, AnyView),
) -> AnyView {
    let chosen = lines.iter().filter_map(|line| match &line.outcome {
        Outcome::Changes { seen, .. } => Some((line.id.to_string(), seen.clone())),
        Outcome::Stays(_) | Outcome::Refused(_) => None,
    });
    let chosen = chosen.map(|(id, seen)| {
        view! {
            <Hidden name=CHOSEN value=id />
            <Hidden name="seen[]" value=seen />
        }
    });
    let chosen = chosen.collect_view();
    let ChangeText { change, tag, classification, layer } = change;
    let (id, here, form) = (domain.id.to_string(), back.clone(), form.clone());
    let button = format!("Change {} now", counted(count, "asset"));
    view! {
        <Form action=CHANGE class="stack" id="changing" outcomes=true>
            <Hidden name="domain" value=id />
            <Hidden name="back" value=here />
            <Hidden name="change" value=change />
            <Hidden name="tag" value=tag />
            <Hidden name="classification" value=classification />
            <Hidden name="layer" value=layer />
            {chosen}
            <p class="muted">{FROM_FILES}</p>
            {consent}
            <TextField form=form name="reason" label="Why" help=REASON_HELP maxlength="200" class="max-w-3xl" />
            <div class="cluster">
                <button class="btn btn-primary" type="submit">{button}</button>
                <a class="btn" href=back>"Back to the list"</a>
            </div>
        </Form>
    }
    .into_any()
}

fn row(line: ManyLine) -> AnyView {
    let ManyLine { id, name, outcome } = line;
    let (tone, word, said, effects) = match outcome {
        Outcome::Changes { what, effects, .. } => (Tone::Ok, "Changes", what, effects),
        Outcome::Stays(why) => (Tone::Idle, "Stays", why, Vec::new()),
        Outcome::Refused(why) => (Tone::Bad, "Refused", why, Vec::new()),
    };
    let label = (!effects.is_empty()).then_some("What it changes for people");
    let effects = effects.into_iter().map(|effect| view! { <p>{effect}</p> }).collect_view();
    let effects = label.map(|_| view! { <div>{effects}</div> });
    view! {
        <tr>
            <th scope="row"><a class="link wrap-anywhere" href=asset_href(&id)>{name}</a></th>
            <td data-label="What becomes of it">
                <div><Badge tone=tone text=word />" "{said}</div>
            </td>
            <td data-label=label>{effects}</td>
        </tr>
    }
    .into_any()
}
