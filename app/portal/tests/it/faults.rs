//! What a job cannot do with one thing: it is told once, and holds up nothing else.

use lakeport_model::PageRequest;
use lakeport_portal::notify;

use crate::world::on_both;

const CASES: &str = "collections/cases";
const FORECAST: &str = "sales-forecast/forecast";

on_both! { demo =>
    async fn a_row_that_cannot_be_read_is_told_once_and_never_stops_another(world) {
        let (bad, due) = world.reviewed().await;
        let good = world.granted("lena.vogel", CASES, 365, &["aylin.demir"]).await;
        let renamed = "UPDATE access_grant SET classification = 'odd' WHERE consumer = \
            (SELECT id FROM person WHERE email = 'paula.brandt@nordkauf.example')";
        assert_eq!(world.execute(renamed).await.expect("it runs"), 1);
        world.go(10, due);
        for _ in 0..3 {
            world.sweep().await;
        }
        let failed = format!("The job reminders cannot do its work on grant {bad}");
        assert_eq!(world.told("sofia.lindqvist", &failed).await, 1, "once, however often it is tried");
        assert_eq!(world.told("aylin.demir", &failed).await, 0, "administrators alone");
        assert_eq!(world.told("lena.vogel", "Do you still need Collections: cases?").await, 1, "{good}");
        assert_eq!(world.number("SELECT COUNT(*) FROM job_fault").await, 1);
        let sofia = world.viewer("sofia.lindqvist").await;
        let inbox = notify::inbox(&world.ctx, &sofia, PageRequest::default()).await.expect("it opens");
        let said = inbox.items.iter().find(|item| item.title == failed).expect("it was said");
        assert!(said.body.contains("nothing else waits for it") && !said.body.contains("odd"), "{}", said.body);
        let mended = "UPDATE access_grant SET classification = 'confidential' WHERE classification = 'odd'";
        world.execute(mended).await.expect("it runs");
        world.sweep().await;
        assert_eq!(world.told("paula.brandt", "Do you still need Collections: cases?").await, 1, "it was tried again");
    }

    async fn a_bad_contract_never_keeps_mail_or_another_contract_back(world) {
        world.ask("paula.brandt", FORECAST, 30).await.expect("she may ask");
        world.execute("ALTER TABLE check_run RENAME TO elsewhere").await.expect("it runs");
        world.sweep().await;
        assert!(!world.post.take().is_empty(), "mail goes out");
        assert!(world.lake.held().checked.len() > 3, "each contract was tried");
        let told = world.told("sofia.lindqvist", "The job checks cannot do its work on contract").await;
        assert!(told > 3 && told <= 20, "{told}");
        world.execute("ALTER TABLE elsewhere RENAME TO check_run").await.expect("it runs");
        world.sweep().await;
        assert!(world.number("SELECT COUNT(*) FROM check_run").await > 3, "they are tried again");
    }
}
