//! What public data opens, and what it does not.

use lakeport_model::access::NewRequest;
use lakeport_model::catalog::{AccessStanding, SEEN_TO_DECIDE};
use lakeport_model::people::Viewer;
use lakeport_portal::{ErrorKind, access, catalog, dashboards, jobs};

use crate::lake::frame;
use crate::world::{call, file, on_both, refusal};

/// A public table with one described column.
const ASSET: &str = "apiVersion: lakeport/v1\nkind: Assets\ndomain: controlling\nnamespace: lakehouse\nassets:\n\
                     - {id: gold.rates, kind: table, location: gold/rates, classification: public, description: Rates,\n  \
                     columns: [{name: rate, type: double}]}\n";
/// The product that offers it.
const PRODUCT: &str = "apiVersion: v1.0.0\nkind: DataProduct\nid: rates\nname: Rates\nversion: 1.0.0\nstatus: active\n\
                       domain: controlling\ncustomProperties:\n- {property: visibility, value: open}\noutputPorts:\n\
                       - name: rates\n  version: 1.0.0\n  customProperties:\n  - {property: asset, value: gold.rates}\n";

/// The group's owner and steward: what its domains have nobody for comes to them.
const ABOVE: [&str; 2] = ["henrik.maas", "yusuf.kaya"];

/// A dashboard of it.
const RATES: &str =
    "---\ntitle: Rates\ndomain: controlling\nowner: a@b.example\nreads: [gold.rates]\n---\n\nHello\n";

/// A dashboard that needs a column of which the description says nothing.
const MARGINS: &str = "---\ntitle: Rates\ndomain: controlling\nowner: a@b.example\nreads: [gold.rates]\n---\n\n\
                       ```sql rates\nSELECT margin FROM gold.rates\n```\n\n\
                       ```dataframe\n{data: rates, title: Rates}\n```\n";

on_both! { demo =>
    async fn public_data_is_never_closed_on_its_own_page(world) {
        for who in ["paula.brandt", "erik.sander", "sofia.lindqvist"] {
            let viewer = world.viewer(who).await;
            let product = catalog::product(&call(&world.ctx, &viewer).await, &"reference-data".into()).await.expect("it is open");
            let calendar = product.output_ports.iter().find(|port| port.id.as_str() == "reference-data/calendar");
            let port = calendar.expect("it is offered");
            assert_eq!(port.access, AccessStanding::Public, "{who}");
            let id = &port.asset.as_ref().expect("it is seen").id;
            let page = catalog::asset(&call(&world.ctx, &viewer).await, id).await.expect("it is open");
            assert_eq!(page.access, AccessStanding::Public, "{who}, {id}");
            catalog::preview(&call(&world.ctx, &viewer).await, id).await.expect("everybody reads it");
        }
        // What no product offers is read by everybody as well, and by its own domain first.
        let tom = world.viewer("tom.fischer").await;
        let page = catalog::asset(&call(&world.ctx, &tom).await, &"bronze.annual_reports".into()).await.expect("it is there");
        assert!(page.access.may_read(), "{:?}", page.access);
    }

    async fn the_end_of_a_grant_is_never_said_to_close_public_data(world) {
        world.granted("paula.brandt", "reference-data/calendar", 20, &[]).await;
        let paula = world.viewer("paula.brandt").await;
        let home = catalog::home(&call(&world.ctx, &paula).await).await.expect("it opens");
        let mine = home.my_data.items.iter().find(|mine| mine.asset.id.as_str() == "silver.dim_date");
        let mine = mine.expect("it is hers");
        assert_eq!((mine.is_public, mine.ends_on), (true, None));
        world.sweep().await;
        world.travel(21);
        world.sweep().await;
        for told in ["ends on", "has ended"] {
            let title = format!("Your grant on Reference data: calendar {told}");
            assert_eq!(world.told("paula.brandt", &title).await, 1, "{told}");
        }
        assert_eq!(world.told("paula.brandt", "Your access to").await, 0);
        catalog::preview(&call(&world.ctx, &paula).await, &"silver.dim_date".into()).await.expect("everybody reads it");
    }

    async fn public_values_are_for_those_who_see_the_table(world) {
        world.import(vec![file("a.yaml", ASSET), file("dashboards/rates.md", RATES)]).await;
        world.lake.held().frame = Some(frame(&[("rate", &["1.5"]), ("margin", &["0.2"])]));
        let (paula, tom) = (world.viewer("paula.brandt").await, world.viewer("tom.fischer").await);
        let columns = |viewer: Viewer| async move {
            let preview = catalog::preview(&call(&world.ctx, &viewer).await, &"gold.rates".into()).await?;
            Ok(preview.columns.into_iter().map(|(name, _)| name).collect::<Vec<_>>())
        };
        let missing = |viewer: Viewer| async move {
            let view = dashboards::view(&call(&world.ctx, &viewer).await, &"rates".into(), Vec::new()).await;
            view.expect("it opens").missing.len()
        };
        world.import(vec![file("products/rates.odps.yaml", PRODUCT)]).await;
        assert_eq!(columns(paula.clone()).await.expect("it is public"), ["rate"], "nobody described the margin");
        assert_eq!(columns(tom.clone()).await.expect("it is his own"), ["rate", "margin"]);
        assert_eq!(missing(paula.clone()).await, 0);
        for (visibility, kind) in [("restricted", ErrorKind::Forbidden), ("private", ErrorKind::NotFound)] {
            let product = PRODUCT.replace("value: open", &format!("value: {visibility}"));
            world.import(vec![file("products/rates.odps.yaml", &product)]).await;
            assert_eq!(refusal(columns(paula.clone()).await).kind, kind, "{visibility}");
            assert_eq!(missing(paula.clone()).await, 1, "{visibility}");
            assert_eq!(columns(tom.clone()).await.expect("it is his own").len(), 2);
        }
        world.import(vec![file("a.yaml", &ASSET.replace("{name: rate, type: double}", ""))]).await;
        world.import(vec![file("products/rates.odps.yaml", PRODUCT)]).await;
        let undescribed = refusal(columns(paula.clone()).await);
        assert_eq!(undescribed.kind, ErrorKind::Forbidden);
        assert!(undescribed.message.contains("described"), "{}", undescribed.message);
    }

    async fn nobody_ever_reads_public_values_because_he_decides_about_them(world) {
        world.import(vec![file("a.yaml", ASSET), file("dashboards/rates.md", RATES)]).await;
        world.lake.held().frame = Some(frame(&[("rate", &["1.5"])]));
        world.staff("controlling", &[("tom.fischer", "member")]).await;
        for visibility in ["restricted", "private"] {
            let product = PRODUCT.replace("value: open", &format!("value: {visibility}"));
            world.import(vec![file("products/rates.odps.yaml", &product)]).await;
            for who in ABOVE {
                let viewer = world.viewer(who).await;
                let page = catalog::asset(&call(&world.ctx, &viewer).await, &"gold.rates".into()).await.expect("it comes to him");
                assert!(!page.details_hidden, "{who}, {visibility}: what he decides about, he can look at");
                assert!(!page.access.may_read() && page.snippets.is_empty(), "{who}, {visibility}");
                let rows = refusal(catalog::preview(&call(&world.ctx, &viewer).await, &"gold.rates".into()).await);
                let file = refusal(catalog::preview_csv(&call(&world.ctx, &viewer).await, &"gold.rates".into()).await);
                assert_eq!([rows.kind, file.kind], [ErrorKind::Forbidden; 2], "{who}, {visibility}");
                let view = dashboards::view(&call(&world.ctx, &viewer).await, &"rates".into(), Vec::new()).await;
                assert_eq!(view.expect("it opens").missing.len(), 1, "{who}, {visibility}");
            }
        }
        assert!(world.lake.held().previews.is_empty(), "nothing was read");
    }

    async fn nobody_ever_grants_himself_what_he_decides_about(world) {
        let product = PRODUCT.replace("value: open", "value: private");
        world.import(vec![file("a.yaml", ASSET), file("products/rates.odps.yaml", &product)]).await;
        world.staff("controlling", &[("tom.fischer", "member")]).await;
        let private = [("rates", "rates/rates"), ("receivables-ageing", "receivables-ageing/ageing")];
        for who in ABOVE {
            let viewer = world.viewer(who).await;
            for (product, port) in private {
                let new = NewRequest {
                    port: port.into(),
                    purpose: "Compare prices".to_owned(),
                    ends_on: world.day(30),
                    contract_version: None,
                };
                let form = refusal(access::request_form(&call(&world.ctx, &viewer).await, &port.into()).await);
                let sent = refusal(access::request(&call(&world.ctx, &viewer).await, new).await);
                for refused in [form, sent] {
                    assert_eq!((refused.kind, refused.message.as_str()), (ErrorKind::Forbidden, SEEN_TO_DECIDE));
                }
                let page = catalog::product(&call(&world.ctx, &viewer).await, &product.into()).await.expect("it comes to him");
                assert_eq!(page.output_ports[0].access, AccessStanding::SeenToDecide, "{who}: the page says why");
            }
            assert!(world.grants(who).await.is_empty(), "{who}");
        }
        world.staff("controlling", &[("aylin.demir", "owner")]).await;
        for who in ABOVE {
            let page = catalog::product(&call(&world.ctx, &world.viewer(who).await).await, &"rates".into()).await;
            assert_eq!(refusal(page).kind, ErrorKind::NotFound, "{who}: it has an owner again");
        }
    }

    async fn a_public_table_is_never_called_open_as_a_whole(world) {
        world.import(vec![file("a.yaml", ASSET), file("products/rates.odps.yaml", PRODUCT)]).await;
        world.import(vec![file("dashboards/rates.md", MARGINS)]).await;
        let (paula, tom) = (world.viewer("paula.brandt").await, world.viewer("tom.fischer").await);
        // The table has a column of which the catalog knows nothing.
        let closed = |viewer: Viewer| async move {
            let page = catalog::asset(&call(&world.ctx, &viewer).await, &"gold.rates".into()).await.expect("it opens");
            page.closed.map(|closed| (closed.count, closed.requestable))
        };
        let in_part = |viewer: Viewer| async move {
            let lines = dashboards::list(&call(&world.ctx, &viewer).await).await.expect("the list opens");
            let line = lines.into_iter().find(|line| line.title == "Rates").expect("it is listed");
            (line.may_read, line.in_part)
        };
        assert_eq!(closed(paula.clone()).await, Some((1, false)), "nobody decides about public data");
        assert_eq!(closed(tom.clone()).await, None, "it is his own");
        assert_eq!(in_part(paula).await, (true, true));
        assert_eq!(in_part(tom).await, (true, false));
    }

    async fn a_file_of_the_first_rows_never_holds_what_the_page_does_not_show(world) {
        world.import(vec![file("a.yaml", ASSET), file("products/rates.odps.yaml", PRODUCT)]).await;
        world.lake.held().frame = Some(frame(&[("rate", &["1.5"]), ("margin", &["=1+1"])]));
        let (paula, tom) = (world.viewer("paula.brandt").await, world.viewer("tom.fischer").await);
        let csv = |viewer: Viewer| async move {
            let (name, rows) = catalog::preview_csv(&call(&world.ctx, &viewer).await, &"gold.rates".into()).await?;
            Ok((name, rows.replace('\r', "")))
        };
        let name = "gold.rates-first-1-rows.csv".to_owned();
        assert_eq!(csv(paula.clone()).await.expect("it is public"), (name.clone(), "rate\n1.5\n".to_owned()));
        let (own, rows) = csv(tom).await.expect("it is his own");
        assert!(own == name && rows.contains("margin") && rows.contains("'=1+1"), "no spreadsheet runs it: {rows}");
        world.ctx.readings.write(&world.ctx.db).await.expect("they are written");
        assert_eq!(world.number("SELECT COUNT(*) FROM usage WHERE asset = 'gold.rates'").await, 2, "both are uses");
        let product = PRODUCT.replace("value: open", "value: private");
        world.import(vec![file("products/rates.odps.yaml", &product)]).await;
        assert_eq!(refusal(csv(paula).await).kind, ErrorKind::NotFound);
        let refused = "SELECT COUNT(*) FROM audit WHERE action = 'asset.preview.refused'";
        assert_eq!(world.number(refused).await, 1, "and what is refused is recorded");
    }

    async fn what_has_become_confidential_is_never_called_undescribed(world) {
        world.import(vec![file("a.yaml", ASSET), file("products/rates.odps.yaml", PRODUCT)]).await;
        world.lake.held().frame = Some(frame(&[("rate", &["1.5"]), ("margin", &["0.2"])]));
        world.ask("paula.brandt", "rates/rates", 30).await.expect("it is granted at once");
        let both = "{name: rate, type: double}, {name: margin, type: double, classification: confidential}";
        world.import(vec![file("a.yaml", &ASSET.replace("{name: rate, type: double}", both))]).await;
        world.import(vec![file("dashboards/rates.md", MARGINS)]).await;
        let paula = world.viewer("paula.brandt").await;
        let view = dashboards::view(&call(&world.ctx, &paula).await, &"rates".into(), Vec::new()).await.expect("it opens");
        let [missing] = &view.missing[..] else { panic!("one table: {:?}", view.missing) };
        assert!(missing.columns_only, "what she was granted stays public");
        assert_eq!(
            missing.request_href.as_deref(),
            Some("/products/rates/request?port=rates%2Frates"),
            "somebody decides about the rest"
        );
        let page = catalog::asset(&call(&world.ctx, &paula).await, &"gold.rates".into()).await.expect("it opens");
        assert!(page.closed.is_some_and(|closed| closed.requestable), "{:?}", page.closed);
    }

    async fn an_undescribed_column_of_public_data_is_shown_nowhere(world) {
        world.import(vec![file("a.yaml", ASSET), file("products/rates.odps.yaml", PRODUCT)]).await;
        world.lake.held().frame = Some(frame(&[("rate", &["1.5"]), ("margin", &["0.2"])]));
        let dashboard = |sql: &str, filter: &str| {
            let text = format!(
                "---\ntitle: Rates\ndomain: controlling\nowner: a@b.example\nreads: [gold.rates]\n---\n\n{filter}\
                 ```sql rates\n{sql}\n```\n\nThe first is {{rates.margin}}.\n\n\
                 ```dataframe\n{{data: rates, title: Rates, download: [csv]}}\n```\n"
            );
            file("dashboards/rates.md", &text)
        };
        let filter = "```selectbox margin\n{label: Margin, options: {column: gold.rates.margin}}\n```\n\n";
        let (paula, tom) = (world.viewer("paula.brandt").await, world.viewer("tom.fischer").await);
        let look = |viewer: Viewer| async move {
            dashboards::view(&call(&world.ctx, &viewer).await, &"rates".into(), Vec::new()).await.expect("it opens")
        };
        // Before and after she took a grant that nobody had to decide.
        for granted in [false, true] {
            if granted {
                world.ask("paula.brandt", "rates/rates", 30).await.expect("it is granted at once");
            }
            for (sql, filter) in [
                ("SELECT margin FROM gold.rates", ""),
                ("SELECT rate FROM gold.rates WHERE margin > 0", ""),
                ("SELECT rate FROM gold.rates", filter),
                ("SELECT * FROM gold.rates", ""),
            ] {
                world.import(vec![dashboard(sql, filter)]).await;
                // What somebody with more rights has just seen is kept for nobody else.
                let block = look(tom.clone()).await.elements.pop().expect("there is a table").id;
                let view = look(paula.clone()).await;
                let text = serde_json::to_string(&view).expect("it can be written");
                assert!(!text.contains("0.2"), "{sql}, {filter}: {text}");
                if !sql.contains('*') {
                    let missing = &view.missing[..];
                    assert!(matches!(missing, [one] if one.table == "gold.rates" && one.columns_only), "{missing:?}");
                }
                match dashboards::csv(&call(&world.ctx, &paula).await, &"rates".into(), &block, Vec::new()).await {
                    Ok((_, text)) => assert!(!text.contains("0.2"), "{sql}: {text}"),
                    Err(error) => {
                        assert_eq!(error.to_string(), "This needs columns of gold.rates that you may not read.");
                    }
                }
            }
            let preview = catalog::preview(&call(&world.ctx, &paula).await, &"gold.rates".into()).await.expect("it is public");
            assert_eq!(preview.columns, [("rate".to_owned(), false)]);
        }
        let view = serde_json::to_string(&look(tom).await).expect("it can be written");
        assert!(view.contains("0.2"), "its own domain reads all of it: {view}");
    }

    async fn what_the_policy_keeps_never_opens_more_than_it_did(world) {
        let mut settings = crate::world::settings();
        settings.policies.internal.no_answer = access::NoAnswer::Keep;
        let ctx = world.replica(world.clock.clone(), settings).await;
        world.import(vec![file("a.yaml", ASSET), file("products/rates.odps.yaml", PRODUCT)]).await;
        world.lake.held().frame = Some(frame(&[("rate", &["1.5"]), ("margin", &["0.2"])]));
        world.ask("paula.brandt", "rates/rates", 365).await.expect("it is granted at once");
        let (paula, aylin) = (world.viewer("paula.brandt").await, world.viewer("aylin.demir").await);
        let columns = async || {
            let preview = catalog::preview(&call(&world.ctx, &paula).await, &"gold.rates".into()).await.expect("she holds a grant");
            preview.columns.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        let number = async |action: &str| {
            world.number(&format!("SELECT COUNT(*) FROM audit WHERE action = '{action}'")).await
        };
        let described = "{name: rate, type: double, classification: public}, {name: margin, type: double}";
        let internal = ASSET.replace("classification: public", "classification: internal");
        let internal = internal.replace("{name: rate, type: double}", described);
        world.import(vec![file("a.yaml", &internal)]).await;
        assert_eq!(columns().await, ["rate"]);
        // Nobody answers, and the policy keeps it.
        for _ in 0..5 {
            jobs::run_due(&ctx, &world.post).await.expect("the sweep ends well");
            world.travel(7);
        }
        assert_eq!((number("grant.review_at_once").await, number("grant.keep").await), (1, 1));
        assert_eq!(columns().await, ["rate"], "nobody decided about the margin");
        world.import(vec![file("a.yaml", &internal.replace("description: Rates", "description: All rates"))]).await;
        assert_eq!(number("grant.review_at_once").await, 1, "the next review has its day");
        let grant = world.grants("paula.brandt").await.remove(0);
        access::keep(&call(&world.ctx, &aylin).await, vec![(grant.id, grant.revision)], String::new()).await.expect("she decides");
        assert_eq!(columns().await, ["rate", "margin"], "somebody did");
    }
}
