//! What the records of the audit say, who reads them, and how they are found.

use lakeport_model::audit::{AuditFilter, AuditFormat};
use lakeport_portal::people::{Actor, leaving};
use lakeport_portal::{ErrorKind, access, audit};

use crate::audit::write;
use crate::world::{call, on_both, refusal};

on_both! { empty =>
    async fn a_steward_never_reads_the_audit_of_other_domains(world) {
        world.import(crate::world::mesh()).await;
        let id = world.ask("paula.brandt", "collections/cases", 30).await.expect("she may ask");
        let domain = world.text("SELECT domain FROM access_request").await;
        world.staff("elsewhere", &[("erik.sander", "steward")]).await;
        let page = async |who: &str| {
            let viewer = world.viewer(who).await;
            let filter = AuditFilter { words: Some(id.to_string()), ..AuditFilter::default() };
            audit::page(&call(&world.ctx, &viewer).await, filter).await.expect("stewards see it").records.len()
        };
        let ines = world.viewer("ines.hoffmann").await;
        assert!(ines.memberships.iter().any(|membership| membership.domain.id.0 == domain));
        assert_eq!((page("ines.hoffmann").await, page("sofia.lindqvist").await), (1, 1));
        assert_eq!(page("erik.sander").await, 0);
    }

    async fn an_import_that_changes_rights_says_whose(world) {
        world.import(crate::world::mesh()).await;
        let sofia = world.viewer("sofia.lindqvist").await.id;
        let of = async |action: &str, subject: &str, before: &str, after: &str, person: &str| {
            let sql = format!(
                "SELECT COUNT(*) FROM audit WHERE action = '{action}' AND subject = '{subject}' \
                 AND detail LIKE '%\"before\":{before}%' AND detail LIKE '%\"after\":{after}%' \
                 AND detail LIKE '%{person}%' AND actor = 'system test'"
            );
            world.number(&sql).await
        };
        assert_eq!(of("administrator.appoint", &format!("person {sofia}"), "false", "true", "").await, 1);
        let paula = world.viewer("paula.brandt").await.id.to_string();
        let aylin = world.viewer("aylin.demir").await.id.to_string();
        world.staff("controlling", &[("paula.brandt", "owner")]).await;
        assert_eq!(of("member.add", "domain controlling", "null", "\"owner\"", &paula).await, 1);
        assert_eq!(of("member.remove", "domain controlling", "\"owner\"", "null", &aylin).await, 1);
        let was = world.text("SELECT classification FROM asset WHERE id = 'gold.collections'").await;
        world.classify("gold.collections", "controlling", "public").await;
        assert_ne!(was, "public");
        let lowered = of("asset.classify", "asset gold.collections", &format!("\"{was}\""), "\"public\"", "").await;
        assert_eq!(lowered, 1);
        let moved = "apiVersion: lakeport/v1\nkind: Assets\ndomain: controlling\nnamespace: lakehouse\nassets:\n\
                     - {id: gold.moved, kind: table, description: Moved, location: LOCATION, \
                     columns: [{name: id, type: long, description: Id, classification: CLASS}]}\n";
        let with = |location: &str, class: &str| moved.replace("LOCATION", location).replace("CLASS", class);
        world.import(vec![crate::world::file("moved.yaml", &with("gold/a", "internal"))]).await;
        world.import(vec![crate::world::file("moved.yaml", &with("gold/b", "public"))]).await;
        assert_eq!(of("asset.relocate", "asset gold.moved", "\"gold/a\"", "\"gold/b\"", "").await, 1);
        let columns = |class: &str| format!("{{\"id\":\"{class}\"}}");
        let opened = of("asset.columns", "asset gold.moved", &columns("internal"), &columns("public"), "").await;
        assert_eq!(opened, 1, "a column that opens");
    }

    async fn an_import_never_moves_who_decides_or_opens_data_unsaid(world) {
        let mesh = crate::world::mesh();
        let of = async |action: &str, subject: &str, says: &[&str]| {
            let says: Vec<String> = says.iter().map(|says| format!(" AND detail LIKE '%{says}%'")).collect();
            let says = says.concat();
            let sql = format!("SELECT COUNT(*) FROM audit WHERE action = '{action}' AND subject = '{subject}'{says}");
            world.number(&sql).await
        };
        world.import(mesh.clone()).await;
        assert_eq!(of("asset.publish", "catalog", &["\"silver.dim_date\""]).await, 1);
        assert_eq!(of("product.publish", "catalog", &["\"collections\""]).await, 1);
        assert_eq!(of("product.publish", "catalog", &["receivables-ageing"]).await, 0, "a private one opens nothing");
        let below = "apiVersion: lakeport/v1\nkind: Domain\nid: controlling\nname: Controlling\ndescription: Numbers\n\
                     parent: purchase\nmembers: [{email: aylin.demir@nordkauf.example, role: owner}]\n";
        world.import(vec![crate::world::file("below.yaml", below)]).await;
        let moved = ["\"before\":\"group\"", "\"after\":\"purchase\""];
        assert_eq!(of("domain.parent", "domain controlling", &moved).await, 1);
        let text = mesh.iter().find(|file| file.path == "products/collections.odps.yaml").expect("it is there");
        let text = text.text.replacen("value: gold.collections}", "value: gold.receivables_ageing}", 1);
        world.import(vec![crate::world::file("p.yaml", &text)]).await;
        let other = ["\"gold.collections\"", "\"gold.receivables_ageing\""];
        assert_eq!(of("product.ports", "product collections", &other).await, 1);
        assert_eq!(of("product.ports", "product collections", &["controlling"]).await, 0, "and no port that is as it was");
        // However much is new, it is one record.
        let line = |number: u32| {
            format!("- {{id: gold.open-{number:02}, kind: table, description: Open, classification: public}}\n")
        };
        let many: String = (0..30).map(line).collect();
        let many = format!("apiVersion: lakeport/v1\nkind: Assets\ndomain: controlling\nnamespace: lakehouse\nassets:\n{many}");
        world.import(vec![crate::world::file("many.yaml", &many)]).await;
        assert_eq!(of("asset.publish", "catalog", &["\"number\":30", "gold.open-19"]).await, 1);
        assert_eq!(of("asset.publish", "catalog", &["gold.open-20"]).await, 0);
    }

    async fn somebodys_records_are_found_by_the_name(world) {
        world.import(crate::world::mesh()).await;
        let grant = world.granted("paula.brandt", "collections/cases", 60, &["aylin.demir"]).await;
        let (aylin, sofia) = (world.viewer("aylin.demir").await, world.viewer("sofia.lindqvist").await);
        let revision = world.grant("paula.brandt", grant).await.revision;
        access::revoke(&call(&world.ctx, &aylin).await, vec![(grant, revision)], "Over".to_owned()).await.expect("she may");
        let found = async |filter| {
            let page = audit::page(&call(&world.ctx, &sofia).await, filter).await.expect("administrators see it");
            let records = page.records.into_iter();
            records.map(|record| (record.action, record.actor, record.about)).collect::<Vec<_>>()
        };
        let by = |words: &str| AuditFilter { person: Some(words.to_owned()), ..AuditFilter::default() };
        let paulas = found(by("paula")).await;
        for (action, actor, about) in [
            ("request.send", "Paula Brandt", "Paula Brandt's request for Collections: cases"),
            ("request.approve", "Aylin Demir", "Paula Brandt's request for Collections: cases"),
            ("grant.revoke", "Aylin Demir", "Paula Brandt's access to Collections: cases"),
        ] {
            let wanted = (action.to_owned(), actor.to_owned(), about.to_owned());
            assert!(paulas.contains(&wanted), "{wanted:?} is not among {paulas:?}");
        }
        assert_eq!(found(by("Paula.Brandt@")).await, paulas, "or by the address");
        assert!(found(by("nobody here")).await.is_empty());
        let words = AuditFilter { words: Some("Paula Brandt".to_owned()), ..AuditFilter::default() };
        assert_eq!(found(words).await, paulas, "or as words");
        let port = AuditFilter { words: Some("collections cases".to_owned()), ..AuditFilter::default() };
        assert!(found(port).await.iter().any(|(action, ..)| action == "grant.revoke"), "by what it was about");
    }

    async fn days_of_the_filter_count_whole(world) {
        world.import(crate::world::mesh()).await;
        let sofia = world.viewer("sofia.lindqvist").await;
        world.travel(1);
        write(world.ctx.clone(), 1).await.expect("it is written");
        world.travel(1);
        write(world.ctx.clone(), 2).await.expect("it is written");
        let day = |days: i64| Some(world.day(days).to_string());
        let number = async |from: Option<String>, to: Option<String>| {
            let action = Some("lineage.ingest".to_owned());
            let filter = AuditFilter { action, from, to, ..AuditFilter::default() };
            audit::page(&call(&world.ctx, &sofia).await, filter).await.expect("administrators see it").records.len()
        };
        assert_eq!(number(None, None).await, 2);
        assert_eq!(number(day(-1), day(-1)).await, 1);
        assert_eq!((number(day(0), None).await, number(None, day(-1)).await), (1, 1));
        let page = async |from: &str, to: &str| {
            let filter = AuditFilter { from: Some(from.to_owned()), to: Some(to.to_owned()), ..AuditFilter::default() };
            audit::page(&call(&world.ctx, &sofia).await, filter).await
        };
        assert_eq!(refusal(page("2027-01-02", "2027-01-01").await).field, Some("to"));
        assert_eq!(refusal(page("1.1.2027", "").await).field, Some("from"));
    }

    async fn an_export_never_holds_more_than_its_reader_may_see(world) {
        world.import(crate::world::mesh()).await;
        world.ask("paula.brandt", "collections/cases", 30).await.expect("she may ask");
        for number in 0..600 {
            write(world.ctx.clone(), number).await.expect("it is written");
        }
        let text = async |who: &str, filter: AuditFilter, format| {
            let viewer = world.viewer(who).await;
            let mut export = audit::export(&call(&world.ctx, &viewer).await, &filter, format).await.expect("it begins");
            let mut text = String::new();
            while let Some(part) = export.next().await.expect("it goes on") {
                text.push_str(&part);
            }
            text
        };
        let all = text("sofia.lindqvist", AuditFilter::default(), AuditFormat::JsonLines).await;
        let number = world.number("SELECT COUNT(*) FROM audit").await - 1;
        assert_eq!(i64::try_from(all.lines().count()).expect("some"), number, "each once, over several parts, and not the export itself");
        let newest: serde_json::Value = serde_json::from_str(all.lines().next().expect("one")).expect("JSON");
        assert_eq!((&newest["action"], &newest["number"]), (&"lineage.ingest".into(), &number.into()));
        let own = text("ines.hoffmann", AuditFilter::default(), AuditFormat::Csv).await;
        assert!(own.starts_with("number,at,actor,") && own.contains("Paula Brandt's request for Collections: cases"));
        assert!(!own.contains("lineage.ingest"), "no domain of hers");
        let nothing = AuditFilter { words: Some("no such words".to_owned()), ..AuditFilter::default() };
        assert_eq!(text("sofia.lindqvist", nothing, AuditFormat::Csv).await.lines().count(), 1);
        let erik = world.viewer("erik.sander").await;
        let refused = audit::export(&call(&world.ctx, &erik).await, &AuditFilter::default(), AuditFormat::Csv).await;
        assert!(refused.is_err());
        assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE action = 'audit.export.refused'").await, 1);
    }

    async fn an_export_ends_where_its_reader_may_read_no_longer(world) {
        world.import(crate::world::mesh()).await;
        for number in 0..600 {
            write(world.ctx.clone(), number).await.expect("it is written");
        }
        let (ines, sofia) = (world.viewer("ines.hoffmann").await, world.viewer("sofia.lindqvist").await);
        let begun = async |viewer| {
            let call = call(&world.ctx, viewer).await;
            let mut export = audit::export(&call, &AuditFilter::default(), AuditFormat::Csv).await.expect("it begins");
            export.next().await.expect("it goes on").expect("the first part");
            export
        };
        let (mut own, mut all) = (begun(&ines).await, begun(&sofia).await);
        world.execute("UPDATE person SET administrator = FALSE").await.expect("it runs");
        assert_eq!(refusal(all.next().await).kind, ErrorKind::Forbidden, "she reads less now");
        own.next().await.expect("hers is open to her as before");
        leaving::disable(&world.ctx, &Actor::System("cli"), ines.id).await.expect("the operator may");
        assert_eq!(refusal(own.next().await).kind, ErrorKind::Forbidden, "she reads nothing now");
    }

    async fn the_page_filters_and_goes_on(world) {
        world.import(crate::world::mesh()).await;
        for number in 0..60 {
            write(world.ctx.clone(), number).await.expect("it is written");
        }
        let (sofia, paula) = (world.viewer("sofia.lindqvist").await, world.viewer("paula.brandt").await);
        let page = async |filter| audit::page(&call(&world.ctx, &sofia).await, filter).await;
        assert_eq!(
            refusal(audit::page(&call(&world.ctx, &paula).await, AuditFilter::default()).await).kind,
            ErrorKind::Forbidden
        );
        let first = page(AuditFilter::default()).await.expect("administrators see it");
        let newest = first.records[0].number;
        assert_eq!((first.records.len(), first.next), (50, Some(newest - 49)));
        assert!(first.actions.contains(&"lineage.ingest".to_owned()));
        let rest =
            page(AuditFilter { before: first.next, ..AuditFilter::default() }).await.expect("it goes on");
        assert_eq!(rest.records[0].number, newest - 50);
        let imports = page(AuditFilter { action: Some("import".to_owned()), ..AuditFilter::default() })
            .await
            .expect("it filters");
        assert_eq!(imports.records.len(), 1);
        let none = page(AuditFilter { words: Some("%".to_owned()), ..AuditFilter::default() })
            .await
            .expect("it filters");
        assert!(none.records.is_empty(), "a sign is no wildcard");
    }
}
