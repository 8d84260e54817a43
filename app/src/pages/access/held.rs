//! Who holds access to a product or an asset, for those who answer for it: each grant, and the way to withdraw it.

use lakeport_model::access::{GrantLine, Held, HeldLine, nobody_holds};
use leptos::prelude::*;

use super::grants::comments;
use super::{review_badge, unread_badge};
use crate::query::Query;
use crate::ui::{Badge, Column, Confirm, Day, Form, FormState, Hidden, Moment, Table, TextArea};

/// Name of the address's part that says from where on the list is shown.
pub(crate) const AFTER: &str = "held";

/// The list, on the page of this address.
pub(crate) fn held(Held { grants: page, ever }: Held, here: &str) -> AnyView {
    let list = if page.items.is_empty() {
        view! { <p class="muted">{nobody_holds(ever)}"."</p> }.into_any()
    } else {
        let heads = ["Who", "Purpose", "Since, until", "Last opened here", "Next review", "End it"];
        let rows = page.items.into_iter().map(|line| row(line, here)).collect_view();
        view! { <Table caption="Live grants" columns=heads.map(Column::text).to_vec()>{rows}</Table> }
            .into_any()
    };
    let next = page.next.map(|after| {
        let href = format!("{}#held", Query::default().and(AFTER, after).to(here));
        view! { <nav class="pager" aria-label="Pages of grants"><a class="btn btn-sm" href=href>"Older grants"</a></nav> }
    });
    view! {
        <section class="stack mt-6" aria-labelledby="held">
            <h2 id="held">"Who has access"</h2>
            {list}
            {next}
        </section>
    }
    .into_any()
}

fn row(line: HeldLine, here: &str) -> AnyView {
    let HeldLine { grant, last_used, why_not, may_review } = line;
    let withdraw = match why_not {
        None => withdraw(&grant, here),
        Some(sentence) => view! { <p class="muted">{sentence}</p> }.into_any(),
    };
    let until = grant.until();
    let used = match last_used {
        Some(at) => view! { <Moment at=at /> }.into_any(),
        None => "never".into_any(),
    };
    let review = review_badge(grant.review).map(|(tone, word)| view! { <Badge tone=tone text=word /> });
    let now = may_review.then(|| view! { <a class="btn btn-sm" href="/reviews">"Review now"</a> });
    let next = match grant.next_review {
        Some(day) => view! { <Day day=day relative=true /> }.into_any(),
        None => "none before its end".into_any(),
    };
    view! {
        <tr>
            <th scope="row">
                <p>{grant.consumer.name}</p>
                <p class="muted">{grant.title}</p>
                {unread_badge(grant.product_is_unread)}
            </th>
            <td data-label="Purpose">
                <div>
                    <p>{grant.purpose}</p>
                    {comments(grant.comments)}
                    {comments(grant.kept)}
                    {grant.faulty.map(|sentence| view! { <p>{sentence}</p> })}
                </div>
            </td>
            <td data-label="Since, until">
                <div><p>"since " <Moment at=grant.starts_at follows=true /></p><p>"until " <Day day=until relative=true /></p></div>
            </td>
            <td data-label="Last opened here">{used}</td>
            <td data-label="Next review"><div>{review}<p>{next}</p>{now}</div></td>
            <td data-label="End it">{withdraw}</td>
        </tr>
    }
    .into_any()
}

/// What withdrawing a grant means for whoever holds it.
fn consequence(grant: &GrantLine) -> String {
    let (name, title) = (&grant.consumer.name, &grant.title);
    match &grant.still {
        Some(how) => format!(
            "The grant ends at once, and {name} is told your reason, but can still read {title} {how}."
        ),
        None => format!(
            "{name} can no longer read {title} from this moment on, and is told your reason. Having it back takes a new \
             request and a new decision."
        ),
    }
}

fn withdraw(grant: &GrantLine, here: &str) -> AnyView {
    let id = grant.id.to_string();
    let form = FormState::of(&["/fn/revoke_grants"]).about("grants[]", &id);
    let field = format!("comment-{id}");
    let (chosen, back) = (format!("{id}:{}", grant.revision), format!("{here}#held"));
    let consequence = consequence(grant);
    view! {
        <Confirm label="Withdraw access" consequence=consequence open=form.was_refused()>
            <Form action="/fn/revoke_grants" class="stack">
                <Hidden name="grants[]" value=chosen />
                <Hidden name="back" value=back />
                <TextArea
                    form=form
                    name="comment"
                    id=field
                    label="Why it is withdrawn"
                    rows="2"
                    maxlength="1000"
                />
                <button class="btn btn-sm btn-error" type="submit">"Withdraw the access now"</button>
            </Form>
        </Confirm>
    }
    .into_any()
}
