//! Where the demo company sells, stores and might build.

/// Sales regions, in the order of [`City::region`].
pub(crate) const REGIONS: [&str; 8] =
    ["Germany North", "Germany South", "Austria", "Benelux", "France", "Nordics", "Poland", "Italy"];

/// A city where customers live.
#[derive(Debug)]
pub(crate) struct City {
    /// Its name.
    pub(crate) name: &'static str,
    /// ISO 3166 code of the country.
    pub(crate) country: &'static str,
    /// ISO 3166-2 code of the state in Germany, else the country.
    pub(crate) state: &'static str,
    /// Place in [`REGIONS`].
    pub(crate) region: usize,
    /// Degrees north.
    pub(crate) lat: f64,
    /// Degrees east.
    pub(crate) lon: f64,
    /// Share of customers at the start, in parts of a thousand or so.
    pub(crate) weight: f64,
    /// How postal codes begin.
    pub(crate) postal: &'static str,
}

#[rustfmt::skip]
#[expect(clippy::too_many_arguments, reason = "one argument a field, so that a city is one line of the list")]
const fn city(
    name: &'static str, country: &'static str, state: &'static str, region: usize,
    lat: f64, lon: f64, weight: f64, postal: &'static str,
) -> City {
    City { name, country, state, region, lat, lon, weight, postal }
}

/// Cities of the customers.
pub(crate) const CITIES: [City; 36] = [
    city("Hamburg", "DE", "DE-HH", 0, 53.55, 9.99, 62.0, "20"),
    city("Berlin", "DE", "DE-BE", 0, 52.52, 13.40, 71.0, "10"),
    city("Hannover", "DE", "DE-NI", 0, 52.37, 9.73, 24.0, "30"),
    city("Bremen", "DE", "DE-HB", 0, 53.08, 8.80, 17.0, "28"),
    city("Kiel", "DE", "DE-SH", 0, 54.32, 10.14, 9.0, "24"),
    city("Rostock", "DE", "DE-MV", 0, 54.09, 12.14, 7.0, "18"),
    city("Potsdam", "DE", "DE-BB", 0, 52.40, 13.06, 8.0, "14"),
    city("Magdeburg", "DE", "DE-ST", 0, 52.13, 11.63, 7.0, "39"),
    city("Leipzig", "DE", "DE-SN", 0, 51.34, 12.37, 20.0, "04"),
    city("Erfurt", "DE", "DE-TH", 0, 50.98, 11.03, 8.0, "99"),
    city("Köln", "DE", "DE-NW", 0, 50.94, 6.96, 44.0, "50"),
    city("Dortmund", "DE", "DE-NW", 0, 51.51, 7.47, 30.0, "44"),
    city("München", "DE", "DE-BY", 1, 48.14, 11.58, 58.0, "80"),
    city("Nürnberg", "DE", "DE-BY", 1, 49.45, 11.08, 20.0, "90"),
    city("Stuttgart", "DE", "DE-BW", 1, 48.78, 9.18, 40.0, "70"),
    city("Frankfurt am Main", "DE", "DE-HE", 1, 50.11, 8.68, 38.0, "60"),
    city("Mainz", "DE", "DE-RP", 1, 50.00, 8.27, 12.0, "55"),
    city("Saarbrücken", "DE", "DE-SL", 1, 49.24, 6.99, 7.0, "66"),
    city("Wien", "AT", "AT", 2, 48.21, 16.37, 48.0, "10"),
    city("Graz", "AT", "AT", 2, 47.07, 15.44, 15.0, "80"),
    city("Linz", "AT", "AT", 2, 48.31, 14.29, 13.0, "40"),
    city("Amsterdam", "NL", "NL", 3, 52.37, 4.90, 36.0, "10"),
    city("Rotterdam", "NL", "NL", 3, 51.92, 4.48, 24.0, "30"),
    city("Antwerpen", "BE", "BE", 3, 51.22, 4.40, 18.0, "20"),
    city("Bruxelles", "BE", "BE", 3, 50.85, 4.35, 22.0, "10"),
    city("Paris", "FR", "FR", 4, 48.86, 2.35, 64.0, "75"),
    city("Lyon", "FR", "FR", 4, 45.76, 4.84, 24.0, "69"),
    city("Lille", "FR", "FR", 4, 50.63, 3.07, 14.0, "59"),
    city("Strasbourg", "FR", "FR", 4, 48.57, 7.75, 12.0, "67"),
    city("København", "DK", "DK", 5, 55.68, 12.57, 28.0, "21"),
    city("Stockholm", "SE", "SE", 5, 59.33, 18.07, 26.0, "11"),
    city("Göteborg", "SE", "SE", 5, 57.71, 11.97, 12.0, "41"),
    city("Warszawa", "PL", "PL", 6, 52.23, 21.01, 34.0, "00"),
    city("Wrocław", "PL", "PL", 6, 51.11, 17.04, 20.0, "50"),
    city("Milano", "IT", "IT", 7, 45.46, 9.19, 36.0, "20"),
    city("Bologna", "IT", "IT", 7, 44.49, 11.34, 16.0, "40"),
];

/// A warehouse of the company.
pub(crate) struct Warehouse {
    /// Its id.
    pub(crate) id: &'static str,
    /// The town.
    pub(crate) city: &'static str,
    /// ISO 3166 code of the country.
    pub(crate) country: &'static str,
    /// Degrees north.
    pub(crate) lat: f64,
    /// Degrees east.
    pub(crate) lon: f64,
    /// Parcels it can send in a day.
    pub(crate) parcels: i32,
    /// The year it opened.
    pub(crate) since: i32,
}

/// All warehouses.
pub(crate) const WAREHOUSES: [Warehouse; 5] = [
    Warehouse {
        id: "WH-HAM",
        city: "Hamburg",
        country: "DE",
        lat: 53.52,
        lon: 10.08,
        parcels: 42_000,
        since: 2011,
    },
    Warehouse {
        id: "WH-LEJ",
        city: "Leipzig",
        country: "DE",
        lat: 51.42,
        lon: 12.24,
        parcels: 58_000,
        since: 2016,
    },
    Warehouse {
        id: "WH-NUE",
        city: "Nürnberg",
        country: "DE",
        lat: 49.42,
        lon: 11.02,
        parcels: 36_000,
        since: 2013,
    },
    Warehouse {
        id: "WH-VEN",
        city: "Venlo",
        country: "NL",
        lat: 51.37,
        lon: 6.17,
        parcels: 51_000,
        since: 2018,
    },
    Warehouse {
        id: "WH-LYS",
        city: "Lyon",
        country: "FR",
        lat: 45.73,
        lon: 5.08,
        parcels: 24_000,
        since: 2021,
    },
];

/// A place where a new warehouse could be built: name, country, degrees north, degrees east, cost index
/// (rent, wages and energy; 100 is the average of today's warehouses).
pub(crate) const SITES: [(&str, &str, f64, f64, f64); 20] = [
    ("Kassel", "DE", 51.31, 9.49, 101.0),
    ("Ulm", "DE", 48.40, 9.99, 108.0),
    ("Koblenz", "DE", 50.36, 7.59, 104.0),
    ("Magdeburg", "DE", 52.13, 11.63, 93.0),
    ("Poznań", "PL", 52.41, 16.93, 71.0),
    ("Łódź", "PL", 51.76, 19.46, 68.0),
    ("Wrocław", "PL", 51.11, 17.04, 73.0),
    ("Katowice", "PL", 50.26, 19.02, 69.0),
    ("Brno", "CZ", 49.20, 16.61, 76.0),
    ("Bratislava", "SK", 48.15, 17.11, 79.0),
    ("Linz", "AT", 48.31, 14.29, 103.0),
    ("Graz", "AT", 47.07, 15.44, 99.0),
    ("Liège", "BE", 50.63, 5.57, 105.0),
    ("Lille", "FR", 50.63, 3.07, 98.0),
    ("Orléans", "FR", 47.90, 1.90, 92.0),
    ("Metz", "FR", 49.12, 6.18, 94.0),
    ("Piacenza", "IT", 45.05, 9.70, 95.0),
    ("Verona", "IT", 45.44, 10.99, 97.0),
    ("Malmö", "SE", 55.60, 13.00, 116.0),
    ("Odense", "DK", 55.40, 10.39, 119.0),
];

/// The distance between two places in kilometres, good to a few percent at this size of map.
pub(crate) fn kilometres(from: (f64, f64), to: (f64, f64)) -> f64 {
    let north = (from.0 - to.0) * 111.2;
    // One degree east at 50 degrees north, where the middle of the map is.
    let east = (from.1 - to.1) * 71.5;
    (north * north + east * east).sqrt()
}
