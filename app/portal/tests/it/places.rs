//! Where a table lies: inside the configured roots, and under one name only.

use lakeport_portal::{Actor, catalog};

use crate::import::assets;
use crate::world::{file, mesh, on_both};

on_both! { empty =>
    async fn nobody_gives_a_table_a_second_name_with_other_rules(world) {
        world.import(mesh()).await;
        let before = world.traces().await;
        let peek = |domain: &str, location: &str, classification: &str| {
            file(
                "peek.yaml",
                &format!(
                    "apiVersion: lakeport/v1\nkind: Assets\ndomain: {domain}\nnamespace: lakehouse\nassets:\n\
                     - {{id: gold.peek, kind: table, description: Peek, location: \"{location}\", \
                     classification: {classification}, columns: [{{name: email, type: string}}]}}\n"
                ),
            )
        };
        for (domain, location, classification) in [
            ("controlling", "silver/dim_customer", "public"),
            ("controlling", "silver/dim_customer", "restricted"),
            ("controlling", "./silver//dim_customer/", "public"),
            ("controlling", "/lake/silver/dim_customer", "public"),
            ("controlling", "file:///lake/silver/dim%5Fcustomer/", "public"),
            // Not even its own domain: its members could give to everybody what only its stewards read.
            ("central-data", "silver/dim_customer", "public"),
        ] {
            let files = vec![peek(domain, location, classification)];
            let refused = catalog::import(&world.ctx, &Actor::System("test"), files, false).await;
            let message = refused.expect_err("it is the customers' table").to_string();
            assert!(message.contains("gold.peek") && message.contains("silver.dim_customer"), "{location}: {message}");
        }
        assert_eq!(world.traces().await, before, "nothing was written");
        world.import(vec![peek("controlling", "gold/peek", "public")]).await;
    }

    async fn no_table_lies_above_or_below_another_one(world) {
        world.import(mesh()).await;
        let before = world.traces().await;
        let peek = |location: &str| {
            let list = format!("- {{id: gold.peek, kind: table, description: P, location: \"{location}\"}}\n");
            vec![assets(&list)]
        };
        for location in [
            "silver",
            "./silver/",
            "/lake/silver",
            "file:///lake/%73ilver",
            "/lake",
            "silver/dim_customer/country=DE",
            "silver/dim_customer/_delta_log",
        ] {
            let problems = world.problems(peek(location)).await;
            assert!(problems.starts_with("assets.yaml:6:"), "{location}: {problems}");
            for part in ["assets[0].location", "gold.peek", "lies inside it"] {
                assert!(problems.contains(part), "{location}: {problems}");
            }
        }
        assert_eq!(world.traces().await, before, "nothing was written");
        // A name that goes on is another name.
        world.import(peek("silver/dim_customer_old")).await;
        world.import(peek("gold/peek")).await;
        let inner = assets("- {id: gold.inner, kind: table, description: A, location: gold/peek/inner}\n");
        assert!(world.problems(vec![inner]).await.contains("asset gold.inner (domain \"finance\") lies inside it"));
    }

    async fn a_root_that_is_a_link_never_gives_a_table_a_second_name(world) {
        let disk = tempfile::tempdir().expect("a folder");
        let (lake, alias) = (disk.path().join("lake"), disk.path().join("alias"));
        std::fs::create_dir_all(lake.join("silver/dim_customer")).expect("a table");
        std::os::unix::fs::symlink(&lake, &alias).expect("a link");
        let mut settings = crate::world::settings();
        settings.lake_root = lake.display().to_string();
        settings.storage_roots = vec![alias.display().to_string()];
        let ctx = world.replica(world.ctx.clock.clone(), settings).await;
        let table = |domain: &str, id: &str, location: &str| {
            let mut file = assets(&format!("- {{id: {id}, kind: table, description: A, location: {location}}}\n"));
            file.text = file.text.replace("domain: finance", &format!("domain: {domain}"));
            vec![file]
        };
        // One that is there, and one that is still to be written.
        for name in ["silver/dim_customer", "silver/later"] {
            let (first, second) = (name.replace('/', "."), name.replace('/', ".second."));
            let theirs = table("central", &first, name);
            catalog::import(&ctx, &Actor::System("test"), theirs, false).await.expect("the files are good");
            let again = table("finance", &second, &alias.join(name).display().to_string());
            let refused = catalog::import(&ctx, &Actor::System("test"), again, false).await;
            let message = refused.expect_err("it is their table").to_string();
            assert!(message.contains(&first) && message.contains("name the same place"), "{message}");
        }
        let above = table("finance", "gold.all", &alias.join("silver").display().to_string());
        let refused = catalog::import(&ctx, &Actor::System("test"), above, false).await;
        let message = refused.expect_err("their tables lie there").to_string();
        assert!(message.contains("gold.all") && message.contains("lies inside it"), "{message}");
    }

    async fn a_link_in_the_lake_never_stops_the_imports_of_others(world) {
        let disk = tempfile::tempdir().expect("a folder");
        let (customers, link) = (disk.path().join("silver/dim_customer"), disk.path().join("ctl/link"));
        for folder in [&customers, &link] {
            std::fs::create_dir_all(folder).expect("a table");
        }
        let mut settings = crate::world::settings();
        settings.lake_root = disk.path().display().to_string();
        let ctx = world.replica(world.ctx.clock.clone(), settings).await;
        let import = async |domain: &str, id: &str, location: &str| {
            let mut file = assets(&format!("- {{id: {id}, kind: table, description: A, location: {location}}}\n"));
            file.text = file.text.replace("domain: finance", &format!("domain: {domain}"));
            catalog::import(&ctx, &Actor::System("test"), vec![file], false).await
        };
        import("central", "silver.dim_customer", "silver/dim_customer").await.expect("it is a table");
        import("finance", "ctl.link", "ctl/link").await.expect("it is a folder of its own");
        std::fs::remove_dir(&link).expect("it is empty");
        std::os::unix::fs::symlink(&customers, &link).expect("a link");
        let warnings = import("finance", "gold.other", "gold/other").await.expect("it has no part in it").warnings;
        let named = |warning: &String| warning.contains("ctl.link") && warning.contains("silver.dim_customer");
        assert!(warnings.iter().any(|warning| named(warning) && warning.contains("a link")), "{warnings:?}");
        world.travel(1);
        // What takes part is refused; nor does the link open a way for a table beside it.
        for (id, location) in [
            ("ctl.link", "ctl/link"),
            ("gold.thief", "silver/dim_customer"),
            ("gold.inner", "silver/dim_customer/inner"),
        ] {
            let refused = import("finance", id, location).await.expect_err("it is their table").to_string();
            assert!(refused.contains(id), "{refused}");
        }
    }

    async fn no_table_outside_the_configured_roots_enters_the_catalog(world) {
        for location in [
            "/etc",
            "/lakehouse/x",
            "file:///etc",
            "s3://bucket/x",
            "gs://bucket/x",
            "http://169.254.169.254/latest",
            "s3://169.254.169.254/latest/meta-data",
            "../x",
            "gold/%2E%2E/../../x",
            "file:///lake/%2E%2E/x",
        ] {
            let list = format!("- {{id: gold.a, kind: table, description: A}}\n- id: gold.b\n  kind: table\n  \
                                description: B\n  location: {location}\n");
            let problems = world.problems(vec![assets(&list)]).await;
            let start = problems.lines().find(|line| line.contains("assets[1].location")).expect("it is named");
            assert!(start.starts_with("assets.yaml:10:13: assets[1].location:"), "{location}: {problems}");
            assert!(problems.contains("storage_roots"), "{problems}");
        }
        assert_eq!(world.traces().await, 0);
        world.import(vec![assets("- {id: gold.a, kind: table, description: A, location: /lake/gold/a}\n")]).await;
    }

    async fn a_location_never_leads_elsewhere_than_it_reads(world) {
        for location in [
            "gold/%2e%2e/silver/dim_customer",
            "silver%2Fdim_customer",
            "%73ilver/dim_customer",
            "/lake/%73ilver/dim_customer",
            "gold/x?y",
            "gold/x#y",
            "file:///lake/gold/x?y",
            "file:/lake/gold/x",
            "s3:bucket/x",
        ] {
            let list = format!("- {{id: gold.a, kind: table, description: A, location: \"{location}\"}}\n");
            let problems = world.problems(vec![assets(&list)]).await;
            let told = format!("assets[0].location: {location} ");
            assert!(problems.starts_with("assets.yaml:6:") && problems.contains(&told), "{location}: {problems}");
        }
        assert_eq!(world.traces().await, 0);
        // An address has escapes, and every reader undoes them.
        let list = "- {id: gold.a, kind: table, description: A, location: \"file:///lake/gold/the%20year\"}\n";
        world.import(vec![assets(list)]).await;
    }

    async fn an_address_that_is_taken_is_refused(world) {
        world.import(vec![assets("- {id: gold.a, name: x, kind: table, description: A}\n")]).await;
        let again = assets("- {id: gold.b, name: x, kind: table, description: B}\n");
        let refused = catalog::import(&world.ctx, &Actor::System("test"), vec![again], false).await;
        assert!(refused.expect_err("the address is taken").to_string().contains("gold.b"));
    }
}
