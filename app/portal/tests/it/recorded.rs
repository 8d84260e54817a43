//! No change without a record in the audit.

use lakeport_portal::Error;
use lakeport_portal::audit::{self, Entry};
use lakeport_portal::people::Actor;
use lakeport_portal::store::settings;
use serde_json::json;

use crate::world::on_both;

const KEY: &str = "odd";

on_both! { empty =>
    async fn a_change_without_a_record_is_never_kept(world) {
        let mut tx = world.ctx.db.write().await.expect("it is its turn");
        settings::set(&mut tx, KEY, "unseen").await.expect("it is written");
        let refused = tx.commit().await;
        assert!(matches!(refused, Err(Error::Fault(_))), "{refused:?}");
        let mut tx = world.ctx.db.write().await.expect("the turn was given back");
        assert_eq!(settings::get(&mut tx, KEY).await.expect("it answers"), None, "nothing is left of it");
        settings::set(&mut tx, KEY, "seen").await.expect("it is written");
        let entry = Entry {
            actor: &Actor::System("test"),
            action: "setting.put",
            subject: "portal".to_owned(),
            rule: "operator",
            detail: json!({}),
        };
        audit::record(&mut tx, &world.ctx, entry).await.expect("it is recorded");
        tx.commit().await.expect("it is kept");
        let mut tx = world.ctx.db.write().await.expect("it is its turn");
        assert_eq!(settings::get(&mut tx, KEY).await.expect("it answers").as_deref(), Some("seen"));
        settings::set(&mut tx, KEY, "counted").await.expect("it is written");
        tx.commit_unrecorded("counters are no change").await.expect("it is kept");
        let mut tx = world.ctx.db.read().await.expect("it answers");
        assert_eq!(settings::get(&mut tx, KEY).await.expect("it answers").as_deref(), Some("counted"));
    }
}
