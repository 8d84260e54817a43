//! The desk of those who review: what it advises, and what it decides.

use lakeport_model::access::{GrantStanding, Recommendation};
use lakeport_portal::{ErrorKind, access, catalog};

use crate::world::{call, on_both, refusal};

const CASES: &str = "collections/cases";

on_both! { demo =>
    async fn the_desk_never_advises_to_withdraw_what_may_be_read_elsewhere(world) {
        let (_, due) = world.reviewed().await;
        world.go(10, due);
        let aylin = world.viewer("aylin.demir").await;
        let (advice, reason) = access::review_desk(&call(&world.ctx, &aylin).await).await.expect("it opens").remove(0).recommendation;
        assert_eq!(advice, Recommendation::NoAdvice);
        assert!(reason.contains("not opened in the portal") && reason.contains("reads outside it are not known"), "{reason}");
    }

    async fn the_desk_shows_use(world) {
        let (_, due) = world.reviewed().await;
        let paula = world.viewer("paula.brandt").await;
        world.go(10, due);
        for _ in 0..3 {
            catalog::preview(&call(&world.ctx, &paula).await, &"gold.collections".into()).await.expect("she reads");
        }
        let desk =
            access::review_desk(&call(&world.ctx, &world.viewer("ines.hoffmann").await).await).await.expect("it opens");
        let [line] = &desk[..] else { panic!("one grant is due") };
        assert_eq!((line.queries, line.last_used), (3, Some(world.now())));
        assert_eq!(line.recommendation.0, Recommendation::Keep);
        for nobody in ["paula.brandt", "tom.fischer", "maria.keller", "sofia.lindqvist"] {
            let desk = access::review_desk(&call(&world.ctx, &world.viewer(nobody).await).await).await.expect("it opens");
            assert!(desk.is_empty(), "{nobody}");
        }
    }

    async fn bulk_is_all_or_nothing(world) {
        let (paulas, due) = world.reviewed().await;
        let lenas = world.granted("lena.vogel", CASES, 365, &["aylin.demir"]).await;
        let forecast = world.granted("lena.vogel", "sales-forecast/forecast", 365, &["maria.keller"]).await;
        world.go(5, due);
        let aylin = world.viewer("aylin.demir").await;
        let keep = async |chosen| access::keep(&call(&world.ctx, &aylin).await, chosen, String::new()).await;
        let revoke = async |chosen| access::revoke(&call(&world.ctx, &aylin).await, chosen, "Cleared up.".to_owned()).await;
        let silent = access::revoke(&call(&world.ctx, &aylin).await, vec![(paulas, 1)], " ".to_owned()).await;
        assert_eq!(refusal(silent).field, Some("comment"), "who loses access is told why");
        let stale = vec![(paulas, 1), (lenas, 7)];
        assert_eq!(refusal(keep(stale.clone()).await).kind, ErrorKind::Conflict);
        assert_eq!(refusal(revoke(stale).await).kind, ErrorKind::Conflict);
        let foreign = vec![(paulas, 1), (forecast, 1)];
        assert_eq!(refusal(revoke(foreign).await).kind, ErrorKind::NotFound);
        assert_eq!(refusal(revoke(vec![(paulas, 1), (paulas, 1)]).await).kind, ErrorKind::Conflict);
        assert_eq!(refusal(keep(Vec::new()).await).field, Some("grants"));
        let grant = world.grant("paula.brandt", paulas).await;
        assert_eq!(
            (grant.standing, grant.revision, grant.next_review),
            (GrantStanding::Active, 1, Some(due))
        );
        assert_eq!(
            world.number("SELECT COUNT(*) FROM audit WHERE action IN ('grant.keep', 'grant.revoke')").await,
            0
        );
        assert_eq!(revoke(vec![(paulas, 1), (lenas, 1)]).await.expect("both are hers"), 2);
        assert_eq!(world.grant("lena.vogel", lenas).await.standing, GrantStanding::Revoked);
        assert_eq!(world.told("lena.vogel", "Your access to Collections: cases was withdrawn").await, 1);
        assert_eq!(refusal(keep(vec![(lenas, 2)]).await).kind, ErrorKind::Conflict, "ended is ended");
    }

    async fn nobody_reviews_his_own(world) {
        let id = world.granted("ines.hoffmann", "warehouse-planning/candidates", 365, &["jonas.weber"]).await;
        let ines = world.viewer("ines.hoffmann").await;
        let own = access::keep(&call(&world.ctx, &ines).await, vec![(id, 1)], String::new()).await;
        let message = refusal(own).message;
        let (says, names) = message.split_once("; ").expect("it names those who can");
        assert_eq!(says, "Nobody reviews or withdraws their own grant");
        assert!(names.contains("Jonas Weber") && names.ends_with(" can."), "{names}");
    }
}
