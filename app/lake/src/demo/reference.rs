//! Things the demo company has from the start: categories, brands, sellers, names.

/// A product category and how it sells.
pub(crate) struct Category {
    /// Its name.
    pub(crate) name: &'static str,
    /// Share of first items in a basket.
    pub(crate) share: f64,
    /// Typical price in euros.
    pub(crate) price: f64,
    /// Share of lines that come back.
    pub(crate) returns: f64,
    /// Purchase cost as a share of the price.
    pub(crate) cost: f64,
    /// Demand in each month, January first.
    pub(crate) season: [f64; 12],
    /// What its products are called.
    pub(crate) nouns: [&'static str; 8],
}

/// All categories.
pub(crate) const CATEGORIES: [Category; 8] = [
    Category {
        name: "Electronics",
        share: 0.19,
        price: 129.0,
        returns: 0.09,
        cost: 0.78,
        season: [1.0, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 1.0, 1.0, 1.4, 1.3],
        nouns: [
            "Headphones",
            "Tablet",
            "Smart Speaker",
            "Monitor",
            "Router",
            "Power Bank",
            "Webcam",
            "E-Reader",
        ],
    },
    Category {
        name: "Fashion",
        share: 0.24,
        price: 46.0,
        returns: 0.38,
        cost: 0.48,
        season: [0.8, 0.8, 1.2, 1.2, 1.1, 0.9, 0.8, 0.9, 1.3, 1.2, 1.0, 0.9],
        nouns: ["Rain Jacket", "Sneakers", "Linen Shirt", "Jeans", "Wool Sweater", "Dress", "Scarf", "Boots"],
    },
    Category {
        name: "Home & Living",
        share: 0.17,
        price: 58.0,
        returns: 0.10,
        cost: 0.56,
        season: [1.1, 1.0, 1.0, 1.0, 0.9, 0.9, 0.9, 0.9, 1.0, 1.1, 1.1, 1.1],
        nouns: [
            "Floor Lamp",
            "Duvet Set",
            "Bookshelf",
            "Cookware Set",
            "Curtain",
            "Side Table",
            "Rug",
            "Espresso Maker",
        ],
    },
    Category {
        name: "Garden",
        share: 0.08,
        price: 64.0,
        returns: 0.06,
        cost: 0.60,
        season: [0.3, 0.5, 1.3, 1.9, 2.0, 1.6, 1.2, 0.9, 0.7, 0.5, 0.3, 0.3],
        nouns: [
            "Hose Set",
            "Raised Bed",
            "Parasol",
            "Hedge Trimmer",
            "Grill",
            "Planter",
            "Bench",
            "Solar Lights",
        ],
    },
    Category {
        name: "Toys",
        share: 0.09,
        price: 29.0,
        returns: 0.05,
        cost: 0.55,
        season: [0.6, 0.6, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.9, 1.1, 2.0, 2.4],
        nouns: [
            "Building Set",
            "Board Game",
            "Puzzle",
            "Balance Bike",
            "Doll House",
            "Science Kit",
            "Train Set",
            "Plush Bear",
        ],
    },
    Category {
        name: "Sports",
        share: 0.09,
        price: 52.0,
        returns: 0.14,
        cost: 0.57,
        season: [1.3, 1.0, 1.1, 1.1, 1.2, 1.1, 1.0, 0.9, 0.9, 0.8, 0.8, 0.9],
        nouns: [
            "Yoga Mat",
            "Running Shoes",
            "Bike Helmet",
            "Dumbbells",
            "Tent",
            "Trekking Poles",
            "Swim Goggles",
            "Backpack",
        ],
    },
    Category {
        name: "Beauty",
        share: 0.08,
        price: 24.0,
        returns: 0.03,
        cost: 0.42,
        season: [0.9, 1.0, 1.0, 0.9, 1.1, 0.9, 0.9, 0.9, 0.9, 1.0, 1.2, 1.4],
        nouns: [
            "Face Cream",
            "Hair Dryer",
            "Perfume",
            "Shaver",
            "Sun Care Set",
            "Make-up Kit",
            "Body Oil",
            "Nail Set",
        ],
    },
    Category {
        name: "Office",
        share: 0.06,
        price: 38.0,
        returns: 0.05,
        cost: 0.63,
        season: [1.2, 1.0, 1.0, 0.9, 0.9, 0.8, 0.9, 1.2, 1.3, 1.0, 0.9, 0.7],
        nouns: [
            "Desk Lamp",
            "Office Chair",
            "Label Printer",
            "Paper Box",
            "Whiteboard",
            "Desk Organiser",
            "Shredder",
            "Notebook Pack",
        ],
    },
];

/// Brands that products carry.
pub(crate) const BRANDS: [&str; 12] = [
    "Fjellmark",
    "Aurelio",
    "Brenta",
    "Kranich",
    "Lumo",
    "Norvik",
    "Petit Pont",
    "Solberg",
    "Tandem",
    "Uferlicht",
    "Vistula",
    "Wellenreich",
];

/// A company in whose name claims are collected, with the segment it belongs to and the place of the
/// category it sells most.
pub(crate) const CREDITORS: [(&str, &str, usize); 14] = [
    ("Nordkauf Electronics", "Own retail", 0),
    ("Nordkauf Fashion", "Own retail", 1),
    ("Nordkauf Living", "Own retail", 2),
    ("Nordkauf Garden", "Own retail", 3),
    ("Nordkauf Family", "Own retail", 4),
    ("Nordkauf Active", "Own retail", 5),
    ("Nordkauf Care", "Own retail", 6),
    ("Nordkauf Business", "Business customers", 7),
    ("Elbtechnik Handel", "Marketplace", 0),
    ("Maison Delorme", "Marketplace", 1),
    ("Atelier Vasari", "Marketplace", 1),
    ("Hyggehus Interiør", "Marketplace", 2),
    ("Bergfreund Ausrüster", "Marketplace", 5),
    ("Wisła Zabawki", "Marketplace", 4),
];

/// First names of customers.
#[rustfmt::skip]
pub(crate) const FIRST_NAMES: [&str; 40] = [
    "Anna", "Ben", "Camille", "Daniel", "Elif", "Finn", "Giulia", "Hanna", "Ivan", "Julia", "Karol", "Lars", "Marie",
    "Nils", "Olivia", "Pawel", "Quentin", "Rosa", "Stefan", "Tilda", "Ugo", "Vera", "Wim", "Yara", "Zofia", "Amir",
    "Britta", "Chiara", "Dirk", "Emma", "Felix", "Greta", "Hugo", "Ines", "Jan", "Katrin", "Luca", "Mette", "Noah",
    "Petra",
];

/// Last names of customers.
#[rustfmt::skip]
pub(crate) const LAST_NAMES: [&str; 48] = [
    "Albers", "Bauer", "Conti", "Dubois", "Ekström", "Ferrari", "Gruber", "Hansen", "Ivanova", "Jansen", "Kowalski",
    "Lindner", "Moreau", "Nowak", "Olsen", "Peeters", "Richter", "Schuster", "Thomsen", "Urban", "Visser", "Wagner",
    "Yilmaz", "Zimmer", "Arnaud", "Bianchi", "Claes", "Demir", "Eder", "Fontaine", "Graf", "Hofer", "Iversen", "Jung",
    "Krause", "Lefebvre", "Maier", "Nilsson", "Ott", "Pichler", "Romano", "Seidel", "Todorov", "Ulrich", "Vogt",
    "Wójcik", "Zieliński", "Brandl",
];

/// Streets customers live in.
pub(crate) const STREETS: [&str; 10] = [
    "Bahnhofstraße",
    "Lindenweg",
    "Rue du Moulin",
    "Kirchplatz",
    "Via Roma",
    "Dorpsstraat",
    "Storgatan",
    "Gartenweg",
    "Ulica Lipowa",
    "Am Markt",
];
