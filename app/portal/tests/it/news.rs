//! What home says is new.

use lakeport_portal::catalog;

use crate::world::{World, call, file, on_both};

const PRODUCT: &str = "apiVersion: v1.0.0\nkind: DataProduct\nid: month-end\nname: Month end\nversion: 1.0.0\n\
    status: active\ndomain: controlling\ncustomProperties:\n- {property: visibility, value: open}\noutputPorts:\n\
    - name: cases\n  version: 1.0.0\n  contractId: month-end\n  customProperties:\n  \
    - {property: asset, value: gold.collections}\n";
const CONTRACT: &str = "apiVersion: v3.1.0\nkind: DataContract\nid: month-end\nname: Month end\nversion: 1.0.0\n\
    status: active\ndomain: controlling\n";

/// A dashboard of the product above.
fn dashboard(title: &str) -> String {
    format!(
        "---\ntitle: {title}\ndomain: controlling\nowner: aylin.demir@nordkauf.example\nproduct: month-end\n\
         reads: [gold.collections]\n---\n\nHello\n"
    )
}

impl World {
    /// The lines that somebody reads.
    async fn news(&self, who: &str) -> Vec<(String, String)> {
        let home = catalog::home(&call(&self.ctx, &self.viewer(who).await).await).await.expect("home opens");
        home.news.items.into_iter().map(|news| (news.title, news.text)).collect()
    }
}

fn line(title: &str, text: &str) -> (String, String) {
    (title.to_owned(), text.to_owned())
}

on_both! { demo =>
    async fn one_thing_that_is_new_never_stands_on_home_twice(world) {
        world.travel(60);
        assert!(world.news("paula.brandt").await.is_empty(), "nothing is new");
        let of_product = dashboard("Month end");
        world
            .import(vec![
                file("products/month-end.odps.yaml", PRODUCT),
                file("contracts/month-end.odcs.yaml", CONTRACT),
                file("dashboards/month-end.md", &of_product),
            ])
            .await;
        let product = line("Month end", "Data product of Controlling");
        assert_eq!(world.news("paula.brandt").await, [product]);
        // What comes to a product that is no news any more is news of its own.
        world.travel(60);
        world.import(vec![file("dashboards/closing.md", &dashboard("Closing"))]).await;
        assert_eq!(world.news("paula.brandt").await, [line("Closing", "Dashboard of Controlling")]);
    }
}
