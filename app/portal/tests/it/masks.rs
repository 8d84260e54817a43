//! The key of the hashes that masks show.

use lakeport_portal::lake::mask_key;

use crate::world::on_both;

on_both! { empty =>
    async fn the_key_of_hashes_is_drawn_once_and_stays(world) {
        let first = mask_key(&world.ctx.db).await.expect("it is drawn");
        assert!(first.len() == 64 && first.chars().all(|c| c.is_ascii_hexdigit()), "256 bits");
        let again = mask_key(&world.ctx.db).await.expect("it is kept");
        assert_eq!(first, again, "hashes of yesterday are joined with those of today");
    }
}
