//! People of a people file whom others would take for one another.

use lakeport_portal::catalog::SourceFile;

use crate::world::{file, on_both};

/// A people file of these addresses and names, each person on a line of its own from the fourth on.
fn people(path: &str, list: &[(&str, &str)]) -> SourceFile {
    let lines: Vec<String> = list
        .iter()
        .map(|(email, name)| format!("- {{email: \"{email}@nordkauf.example\", name: \"{name}\"}}\n"))
        .collect();
    file(path, &format!("apiVersion: lakeport/v1\nkind: People\npeople:\n{}", lines.concat()))
}

on_both! { empty =>
    async fn an_address_never_comes_in_that_only_looks_like_another_ones(world) {
        let maria = ("maria.keller", "Maria Keller");
        for other in ["m\u{430}ria.keller", "maria.ke\u{1c0}\u{1c0}er", "ｍaria.keller", "MARIA.KELL\u{415}R"] {
            for list in [[maria, (other, "Somebody Else")], [(other, "Somebody Else"), maria]] {
                let line = 4 + list.iter().position(|(email, _)| *email == other).expect("it is there");
                let problems = world.problems(vec![people("people.yaml", &list)]).await;
                assert!(problems.starts_with(&format!("people.yaml:{line}:")), "{problems}");
                let taken = "This may be taken for maria.keller@nordkauf.example in people.yaml:";
                assert!(problems.contains(taken) && problems.contains(".email: "), "{problems}");
            }
        }
        assert_eq!(world.traces().await, 0);
        world.import(vec![people("people.yaml", &[maria])]).await;
        let problems = world.problems(vec![people("more.yaml", &[("m\u{430}ria.keller", "Maria Keller")])]).await;
        assert!(problems.contains("more.yaml:4:") && problems.contains("who is known here already"), "{problems}");
        assert_eq!(world.number("SELECT COUNT(*) FROM person").await, 1);
    }

    async fn addresses_of_plain_letters_are_never_refused_for_their_looks(world) {
        let list = [("jan1", "Jan Eins"), ("janl", "Jan Ludwig"), ("иван", "Иван Петров"), ("josef", "Josef Klein")];
        let report = world.import(vec![people("people.yaml", &list)]).await;
        assert_eq!(report.warnings.len(), 1, "{:?}", report.warnings);
        let told = &report.warnings[0];
        assert!(told.contains("people.yaml:4") && told.contains("people.yaml:5"), "{told}");
        assert!(told.contains("If both are one person, keep one."), "{told}");
    }

    async fn an_address_is_never_refused_for_its_accents_or_the_order_of_its_words(world) {
        let plain = ("jorg.weber", "Jorg Weber");
        for (other, name) in [("jörg.weber", "Jörg Klein"), ("wéber.jorg", "Walter Blum"), ("jørg.weber", "Jon Groß")] {
            for list in [[plain, (other, name)], [(other, name), plain]] {
                let report = world.import(vec![people("people.yaml", &list)]).await;
                let told = report.warnings.join("\n");
                assert!(told.contains("If both are one person, keep one."), "{other}: {told}");
            }
        }
    }

    async fn two_people_of_one_name_never_come_in_without_a_word(world) {
        let list = [("maria.keller", "Maria Keller"), ("aylin.demir", "Aylin Demir"), ("mk2", "Keller, M\u{430}ria")];
        for _ in 0..2 {
            let report = world.import(vec![people("people.yaml", &list)]).await;
            let told = report.warnings.join("\n");
            assert_eq!(report.warnings.len(), 1, "{told}");
            assert!(told.contains("people.yaml:4") && told.contains("people.yaml:6"), "{told}");
            assert!(told.contains(".name: This may be taken for "), "{told}");
        }
        // The other one is in another file, or in none of this import.
        let report = world.import(vec![people("more.yaml", &[("mk3", "Maria Keller")])]).await;
        let told = report.warnings.join("\n");
        assert!(told.contains("more.yaml:4:") && told.contains("who is known here already"), "{told}");
        assert!(!report.to_string().contains("Aylin"), "{report}");
    }
}
