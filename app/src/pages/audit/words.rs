//! What was done, in words.

use chrono::DateTime;

use crate::ui::moment_words;

/// Actions of the audit as people say them.
const ACTIONS: [(&str, &str); 84] = [
    ("administrator.appoint", "Make somebody an administrator"),
    ("administrator.dismiss", "Take an administrator's rights"),
    ("asset.certify", "Certify an asset"),
    ("asset.change_many", "Change several assets at once"),
    ("asset.classify", "Classify data"),
    ("asset.classify_personal", "Confirm personal data"),
    ("asset.columns", "Describe columns anew"),
    ("asset.decertify", "Withdraw that an asset is certified"),
    ("asset.decline_proposal", "Decline a proposed change of an asset"),
    ("asset.describe", "Describe an asset"),
    ("asset.dismiss_personal", "Dismiss a suggestion of personal data"),
    ("asset.history", "See who changed an asset"),
    ("asset.move", "Move data to another domain"),
    ("asset.preview", "Preview data"),
    ("asset.profile", "Profile data"),
    ("asset.propose", "Propose a change of an asset"),
    ("asset.publish", "Bring in public data"),
    ("asset.relocate", "Say that data lies elsewhere"),
    ("asset.restore", "Restore an asset"),
    ("asset.restore_personal", "Have personal data suggested again"),
    ("asset.retire", "Retire an asset"),
    ("asset.withdraw_proposal", "Withdraw a proposed change of an asset"),
    ("audit.export", "Export the audit"),
    ("audit.read", "Read the audit"),
    ("catalog.import", "Import files"),
    ("clock.move", "Move the clock"),
    ("contract.check", "Check a contract"),
    ("contract.classify", "Classify columns of a contract"),
    ("contract.history", "See who changed a contract"),
    ("contract.publish", "Publish a contract"),
    ("contract.subscribe", "Subscribe to a contract"),
    ("contract.unsubscribe", "End a subscription"),
    ("contract.version", "Put a version of a contract in force"),
    ("dashboard.history", "See who changed a dashboard"),
    ("dashboard.publish", "Publish a dashboard"),
    ("domain.parent", "Put a domain below another"),
    ("grant.ask", "Ask for a decision on access"),
    ("grant.confirm", "Say that access is still needed"),
    ("grant.expire", "Let access end on its last day"),
    ("grant.give_up", "Give access up"),
    ("grant.keep", "Keep access at a review"),
    ("grant.renew", "Renew access"),
    ("grant.review_at_once", "Have access reviewed at once"),
    ("grant.revoke", "Withdraw access"),
    ("lineage.ingest", "Send lineage"),
    ("member.add", "Add a member"),
    ("member.change", "Change a member's role"),
    ("member.put", "Add a member or change a role"),
    ("member.remove", "Remove a member"),
    ("mesh.push", "Push a folder"),
    ("person.disable", "Disable a person"),
    ("person.enable", "Enable a person"),
    ("person.sign_in", "Sign in"),
    ("person.sign_out", "Sign out"),
    ("product.certify", "Certify a product"),
    ("product.decertify", "Withdraw that a product is certified"),
    ("product.decline_proposal", "Decline a proposed change of a product"),
    ("product.history", "See who changed a product"),
    ("product.move", "Move a product to another domain"),
    ("product.ports", "Change what a product offers"),
    ("product.propose", "Propose a change of a product"),
    ("product.publish", "Publish products"),
    ("product.restore", "Restore a product"),
    ("product.retire", "Retire a product"),
    ("product.visibility", "Change who sees a product"),
    ("product.withdraw_proposal", "Withdraw a proposed change of a product"),
    ("request.approve", "Approve a request"),
    ("request.reject", "Reject a request"),
    ("request.send", "Ask for access"),
    ("request.withdraw", "Withdraw a request"),
    ("session.end_all", "End all sessions"),
    ("term.decline_proposal", "Decline a proposed change of a term"),
    ("term.history", "See who changed a term"),
    ("term.propose", "Propose a change of a term"),
    ("term.publish", "Publish a term"),
    ("term.restore", "Restore a term"),
    ("term.retire", "Retire a term"),
    ("term.withdraw_proposal", "Withdraw a proposed change of a term"),
    ("token.create", "Make a token"),
    ("token.end", "End what a token held"),
    ("token.list", "See the tokens"),
    ("token.revoke", "Revoke a token"),
    ("token.revoke_all", "Revoke all tokens"),
    ("token.take_over", "Answer for a token"),
];

/// `request.approve` as `Approve a request`; a refused one as `Refused: approve a request`.
pub(super) fn action_words(action: &str) -> String {
    let (done, is_refused) = match action.strip_suffix(".refused") {
        Some(done) => (done, true),
        None => (action, false),
    };
    let words = ACTIONS.iter().find(|(code, _)| *code == done).map_or(done, |(_, words)| words);
    if !is_refused {
        return words.to_owned();
    }
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
    format!("Refused: {first}{}", letters.as_str())
}

/// A detail of a record as people read it: a moment as the portal writes moments.
pub(super) fn detail_words(value: String) -> String {
    DateTime::parse_from_rfc3339(&value).map_or(value, |at| moment_words(at.to_utc()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_among_the_details_is_never_written_for_machines() {
        let said = |text: &str| detail_words(text.to_owned());
        assert_eq!(said("2027-02-28T21:33:12.975680Z"), "Sun, 28 Feb 2027, 21:33 UTC");
        assert_eq!(said("2026-12-01"), "2026-12-01");
        assert_eq!(said("a purpose"), "a purpose");
    }

    #[test]
    fn a_refusal_is_never_read_as_something_that_was_done() {
        assert_eq!(action_words("request.approve"), "Approve a request");
        assert_eq!(action_words("request.approve.refused"), "Refused: approve a request");
        assert_eq!(action_words("something.new"), "something.new");
    }
}
