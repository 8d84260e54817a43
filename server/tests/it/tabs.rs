//! A page that stays open while somebody else signs in in the same browser: nothing it sends is done as that person.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};

use crate::matrix;
use crate::world::{PEOPLE, World};

const FORM: [(&str, &str); 2] = [("sec-fetch-site", "same-origin"), ("accept", "text/html")];

const SAID: &str = "This page was opened as somebody else. You are signed in as ";

/// The forms of a page that change something, each from its tag to its end.
fn forms(page: &str) -> impl Iterator<Item = &str> {
    let forms = page.split("<form").skip(1).filter_map(|rest| rest.split("</form").next());
    forms.filter(|form| form.split('>').next().is_some_and(|tag| tag.contains("method=\"post\"")))
}

/// Where a form and its buttons lead.
fn actions(form: &str) -> impl Iterator<Item = &str> {
    form.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next())
}

/// For whom a form was drawn.
fn mark(form: &str) -> Option<&str> {
    let before = form.split("name=\"reader\"").next().filter(|before| before.len() < form.len())?;
    let tag = form[before.rfind('<')?..].split('>').next()?;
    tag.split(" value=\"").nth(1)?.split('"').next()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_form_ever_acts_as_somebody_else_than_its_page_was_drawn_for() {
    let world = World::with_mesh().await;
    let happened = world.happen().await;
    let mut found = BTreeSet::new();
    for (_, who) in PEOPLE {
        let mut browser = world.browser(who).await;
        let reader = world.viewer(who).await.id.to_string();
        for address in matrix::addresses(&happened) {
            let page = browser.get(&address).await.body;
            for form in forms(&page) {
                for action in actions(form).filter(|action| !action.starts_with("/auth/")) {
                    assert_eq!(mark(form), Some(reader.as_str()), "{who} {address} {action}");
                    found.insert(action.to_owned());
                }
            }
        }
    }
    for known in [
        "/audit/export",
        "/documents/patch",
        "/fn/approve",
        "/fn/create_token",
        "/fn/put_member",
        "/fn/reject",
    ] {
        assert!(found.contains(known), "{known} is in no form: {found:?}");
    }
    let paula = world.viewer("paula.brandt").await.id;
    let mut sofia = world.browser("sofia.lindqvist").await;
    for action in found {
        let reply = sofia.send(Method::POST, &action, &format!("reader={paula}"), &FORM).await;
        assert_eq!(reply.status, StatusCode::CONFLICT, "{action}: {}", reply.body);
        assert!(reply.body.contains(&format!("{SAID}Sofia Lindqvist")), "{action}: {}", reply.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_as_somebody_else_is_never_sent_and_never_lost() {
    let world = World::with_mesh().await;
    let request = world.happen().await.request;
    let (maria, ines) = (world.viewer("maria.keller").await.id, world.viewer("ines.hoffmann").await.id);
    let sent = |reader| {
        format!("from=/decide/{request}&reader={reader}&id={request}&revision=1&comment=Only+the+sums")
    };

    // Ines opened the page, Maria has signed in since: it becomes hers, with what was typed, and is still to be decided.
    let mut browser = world.browser("maria.keller").await;
    let refused = browser.send(Method::POST, "/fn/reject", &sent(ines), &FORM).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    assert!(refused.body.contains(&format!("{SAID}Maria Keller")), "{}", refused.body);
    assert!(refused.body.contains("value=\"Only the sums\""), "{}", refused.body);
    let form =
        forms(&refused.body).find(|form| form.contains("/fn/reject")).expect("it is still to be decided");
    assert_eq!(mark(form), Some(maria.to_string().as_str()));

    // Whoever may not see the page is told the same, with a way on.
    let mut sofia = world.browser("sofia.lindqvist").await;
    let refused = sofia.send(Method::POST, "/fn/reject", &sent(ines), &FORM).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    for said in ["Somebody else is signed in now", SAID, "Nothing was changed.", "Go back"] {
        assert!(refused.body.contains(said), "{said}: {}", refused.body);
    }

    let decided = browser.send(Method::POST, "/fn/reject", &sent(maria), &FORM).await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_an_island_never_answers_somebody_else() {
    let world = World::with_mesh().await;
    let mut maria = world.browser("maria.keller").await;
    let own = world.viewer("maria.keller").await.id.to_string();
    let other = world.viewer("paula.brandt").await.id.to_string();
    for (mark, status) in [(own, StatusCode::OK), (other, StatusCode::CONFLICT)] {
        let headers = [("sec-fetch-site", "same-origin"), ("lakeport-reader", mark.as_str())];
        let reply = maria.send(Method::POST, "/fn/quick_search", "q=sales", &headers).await;
        assert_eq!(reply.status, status, "{}", reply.body);
        if status == StatusCode::CONFLICT {
            let told = reply.json();
            assert_eq!(told["kind"], "another_reader");
            let message = told["message"].as_str().expect("a sentence");
            assert!(message.starts_with(&format!("{SAID}Maria Keller now")), "{message}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_ever_kept_from_signing_out_by_an_old_page() {
    let world = World::with_mesh().await;
    let mut maria = world.browser("maria.keller").await;
    let page = maria.get("/account").await.body;
    let outs: BTreeSet<&str> =
        forms(&page).flat_map(actions).filter(|way| way.starts_with("/auth/")).collect();
    assert!(outs.contains("/auth/sign-out"), "{page}");
    let paula = world.viewer("paula.brandt").await.id;
    let out = maria.send(Method::POST, "/auth/sign-out", &format!("reader={paula}"), &FORM).await;
    assert_eq!((out.status, out.location()), (StatusCode::SEE_OTHER, "/signed-out"));
}
