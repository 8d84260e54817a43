//! The review desk: grants whose review waits, with a recommendation and its reason. One form, two outcomes.

use lakeport_model::access::{GrantLine, Recommendation, ReviewLine, Undecided};
use leptos::prelude::*;

use super::review_badge;
use super::review_keys::ReviewKeys;
use crate::api;
use crate::pages::product_href;
use crate::ui::{
    Badge, Column, Confirm, Day, Empty, Form, FormState, Moment, PageHead, Table, TextField, Tone, counted,
    load,
};

/// The review desk.
#[component]
pub(crate) fn ReviewsPage() -> impl IntoView {
    let reviews = Resource::new(|| (), |()| api::access::review_desk());
    view! { <div class="page">{load(reviews, content)}</div> }
}

fn content(reviews: Vec<ReviewLine>) -> AnyView {
    let desk = if reviews.is_empty() {
        view! { <Empty text="No grant waits for your review." href="/decide" action="Open the requests to decide" /> }.into_any()
    } else {
        desk(reviews).into_any()
    };
    view! {
        <PageHead title="Reviews" />
        {desk}
    }
    .into_any()
}

fn desk(reviews: Vec<ReviewLine>) -> AnyView {
    let count = i64::try_from(reviews.len()).unwrap_or(i64::MAX);
    let heads = ["Who reads what", "Recommendation", "Purpose", "Opened here", "Due", "If nobody answers"];
    let heads = heads.map(Column::text).to_vec();
    let form = FormState::of(&["/fn/keep_grants", "/fn/revoke_grants"]);
    let consequence = consequence(&reviews);
    let rows = reviews.into_iter().map(|review| row(review, &form)).collect_view();
    view! {
        <Form action="/fn/keep_grants" id="reviews" outcomes=true>
            <div class="cluster mb-3">
                <p>{counted(count, "grant")}" to review"</p>
                <ReviewKeys count=u32::try_from(count).unwrap_or(u32::MAX) />
            </div>
            <Table caption="Grants whose review waits" columns=heads>{rows}</Table>
            <div class="bottom-bar items-end">
                <TextField
                    form=form
                    name="comment"
                    label="Comment (required to withdraw)"
                    required=true
                    maxlength="1000"
                    class="flex-1 min-w-48"
                    control="input input-sm w-full"
                />
                <button class="btn btn-primary" type="submit" formnovalidate>"Keep the chosen until their next review"</button>
                <Confirm label="Withdraw the chosen" consequence=consequence>
                    <div>
                        <button class="btn btn-error" type="submit" formaction="/fn/revoke_grants">
                            "Withdraw the chosen now"
                        </button>
                    </div>
                </Confirm>
            </div>
        </Form>
    }
    .into_any()
}

/// What withdrawing means for those whose grants are on the desk, whichever are chosen.
pub(super) fn consequence(reviews: &[ReviewLine]) -> &'static str {
    if reviews.iter().any(|review| review.grant.still.is_some()) {
        "The chosen grants end at once, and those who hold them are told your comment. They lose access, except where the \
         row says how the data is still read without the grant."
    } else {
        "Whoever is chosen loses access at once and is told your comment."
    }
}

/// What the day is on which it ends if nobody answers, and how its consumer reads on after it where the row does not say so
/// already.
pub(super) fn unanswered(grant: &GrantLine) -> (&'static str, Option<String>) {
    let Some(undecided) = &grant.undecided else { return ("Its last day is ", None) };
    let Some(how) = &undecided.still else { return ("Access then ends on ", None) };
    let later = grant.still.is_none().then(|| format!("The consumer can still read it {how}."));
    ("The grant then ends on ", later)
}

fn row(review: ReviewLine, form: &FormState) -> AnyView {
    let grant = review.grant;
    let (ends, (last, later)) = (grant.until(), unanswered(&grant));
    let earliest = grant.undecided.as_ref().map_or("", Undecided::at_the_earliest);
    let (recommendation, reason) = review.recommendation;
    let (tone, word) = match recommendation {
        Recommendation::Keep => (Tone::Ok, "Keep"),
        Recommendation::NoAdvice => (Tone::Idle, "No advice"),
    };
    let label = format!("{}: {}", grant.consumer.name, grant.title);
    let value = format!("{}:{}", grant.id, grant.revision);
    let chosen = form.chose("grants[]", &value, false);
    let confirmed = grant.confirmed_by_consumer.then(|| view! { <p>"The consumer still needs it."</p> });
    let faulty = grant.faulty.map(|sentence| view! { <p>{sentence}</p> });
    let still =
        grant.still.map(|how| view! { <p>"Without the grant, the consumer still reads it "{how}"."</p> });
    let days = format!(" in {} days", ReviewLine::USAGE_DAYS);
    let used = match review.last_used {
        Some(at) => view! {
            <span>"last opened " <Moment at=at /> ", " {counted(review.queries, "time")} {days}</span>
        }
        .into_any(),
        None => view! { <span>"Not opened in the portal"</span> }.into_any(),
    };
    let title = if review.product_opens {
        view! { <a class="link" href=product_href(&grant.product)>{grant.title}</a> }.into_any()
    } else if grant.is_offered {
        view! { <p>{grant.title}</p> }.into_any()
    } else {
        let why = if grant.product_is_unread {
            " (what describes it cannot be read)"
        } else {
            " (not in the catalog any more)"
        };
        view! { <p class="muted">{grant.title}{why}</p> }.into_any()
    };
    let due = review_badge(grant.review).map(|(tone, word)| view! { <Badge tone=tone text=word /> });
    view! {
        <tr data-review>
            <th scope="row">
                <div class="flex items-center gap-3">
                    <input
                        class="checkbox checkbox-sm"
                        type="checkbox"
                        name="grants[]"
                        value=value
                        checked=chosen
                        aria-label=label
                    />
                    <div>
                        <p>{grant.consumer.name}</p>
                        {title}
                    </div>
                </div>
            </th>
            <td data-label="Recommendation"><div><Badge tone=tone text=word /><p class="muted">{reason}</p></div></td>
            <td data-label="Purpose"><div><p>{grant.purpose}</p>{confirmed}{still}{faulty}</div></td>
            <td data-label="Opened here">{used}</td>
            <td data-label="Due">
                <div>{due} {grant.next_review.map(|day| view! { <p><Day day=day relative=true /></p> })}</div>
            </td>
            <td data-label="If nobody answers">
                <div>
                    <p>{review.no_answer}</p>
                    <p>{last}<Day day=ends relative=true />{format!("{earliest}.")}</p>
                    {later.map(|words| view! { <p>{words}</p> })}
                </div>
            </td>
        </tr>
    }
    .into_any()
}
