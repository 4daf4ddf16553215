-- Everything random comes from a hash of (purpose, record number, seed): any row can be made alone,
-- and every reference to record i of a table is its id again, without a join.
CREATE MACRO h(k, i) AS hash(i, k, $seed);
CREATE MACRO unit(k, i) AS (h(k, i) >> 11)::DOUBLE / 9007199254740992;
CREATE MACRO below(k, i, n) AS (h(k, i) % n::UBIGINT)::BIGINT;
CREATE MACRO one_of(k, i, list) AS list[1 + (h(k, i) % len(list)::UBIGINT)::BIGINT];
CREATE MACRO chance(k, i, p) AS unit(k, i) < p;
CREATE MACRO gid(k, i) AS md5(concat(k, ':', i, ':', $seed))::UUID;
CREATE MACRO slug(s) AS regexp_replace(lower(strip_accents(s)), '[^a-z0-9]', '', 'g');
CREATE MACRO digits(k, i, n) AS lpad((h(k, i) % (10 ** n)::UBIGINT)::VARCHAR, n, '0');
CREATE MACRO amount(k, i, most) AS round(most * pow(unit(k, i), 3), 2)::DECIMAL(18, 2);

-- Time grows with the number; one record in twenty comes at night. All times are UTC.
CREATE MACRO since_start(k, i, n) AS TIMESTAMP '2022-01-03 00:00:00'
    + to_days(((i - unit(k || '-day', i)) * 1700 / n)::INTEGER)
    + to_seconds(CASE WHEN chance(k || '-night', i, 0.05) THEN below(k, i, 86400)
                      ELSE 25200 + below(k, i, 36000) END);
CREATE MACRO days_after(t, k, i, n) AS least(
    t + to_seconds(60 + below(k, i, n * 86400)), TIMESTAMP '2026-10-30 18:00:00');

-- A few users hold most records; user 1 is the administrator. Team records are one in twenty-five.
CREATE MACRO user_number(k, i) AS 1 + floor($n_systemuser * pow(unit(k, i), 1.6))::BIGINT;
CREATE MACRO user_id(n) AS gid('systemuser', n);
CREATE MACRO owner_type(k, i) AS CASE WHEN chance(k || '-team', i, 0.04) THEN 'team' ELSE 'systemuser' END;
CREATE MACRO owner_id(k, i) AS CASE WHEN chance(k || '-team', i, 0.04)
    THEN gid('team', 1 + below(k, i, $n_team)) ELSE user_id(user_number(k, i)) END;

-- The base currency is EUR; the others give an exchange rate to it.
CREATE MACRO currency(k, i) AS CASE WHEN unit(k, i) < 0.8 THEN gid('transactioncurrency', 1)
    ELSE gid('transactioncurrency', 2 + below(k, i, 4)) END;
CREATE MACRO first_name(k, i) AS one_of(k, i, ['Anna', 'Jonas', 'María', 'Wei', 'Fatima', 'Łukasz', 'Zoë',
    'Björn', 'Priya', 'Ahmed', 'Chloé', 'Iñaki', 'Olga', 'James', 'Siobhán', 'Marek', 'Aylin', 'Tomás',
    'Grace', 'Henrik', 'Yuki', 'Nadia', 'Paul', 'Ines', 'Ravi', 'Elif', 'Sven', 'Lucía', 'Noah', 'Mina']);
CREATE MACRO last_name(k, i) AS one_of(k, i, ['Müller', 'O''Brien', 'García', 'Nowak', 'Sørensen', 'Chen',
    'van der Berg', 'Kowalski', 'D''Angelo', 'Haddad', 'Smith', 'Öztürk', 'Dubois', 'Ivanova', 'Silva',
    'Fernández', 'Schmidt', 'Nguyen', 'Patel', 'MacLeod', 'Eriksson', 'Rossi', 'Bauer', 'Tanaka',
    'Lindqvist', 'Okafor', 'Peeters', 'Horvat', 'Jansen', 'Costa']);
CREATE MACRO city(k, i) AS one_of(k, i, [
    {'city': 'Hamburg', 'zip': '20457', 'state': 'Hamburg', 'country': 'Germany', 'dial': '+49 40 '},
    {'city': 'Rotterdam', 'zip': '3011 AA', 'state': 'Zuid-Holland', 'country': 'Netherlands', 'dial': '+31 10 '},
    {'city': 'Bilbao', 'zip': '48001', 'state': 'Bizkaia', 'country': 'Spain', 'dial': '+34 94 '},
    {'city': 'Houston', 'zip': '77002', 'state': 'TX', 'country': 'USA', 'dial': '+1 713 '},
    {'city': 'Aberdeen', 'zip': 'AB10 1AB', 'state': 'Scotland', 'country': 'United Kingdom', 'dial': '+44 1224 '},
    {'city': 'Kraków', 'zip': '30-001', 'state': 'Małopolskie', 'country': 'Polska', 'dial': '+48 12 '},
    {'city': 'Bergen', 'zip': '5003', 'state': 'Vestland', 'country': 'Norway', 'dial': '+47 55 '},
    {'city': 'Dubai', 'zip': NULL, 'state': 'Dubai', 'country': 'UAE', 'dial': '+971 4 '}]);
CREATE MACRO street(k, i) AS one_of(k, i, ['Hafenstraße', 'Dock Road', 'Gran Vía', 'Main Street',
    'Kerkstraat', 'Rue de la Paix', 'ul. Długa', 'Strandgata']) || ' ' || (1 + below(k, i, 240));
