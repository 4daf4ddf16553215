-- What the files say of it, in the ways that OctopusPro, Excel and people write. One view per file.

CREATE MACRO said_time(t) AS lower(strftime(t, '%-I:%M %p'));
CREATE MACRO dmy(t) AS strftime(t, '%d/%m/%Y');
CREATE MACRO long_day(t) AS strftime(t, '%-d %B %Y');
CREATE MACRO dollars(x) AS CASE WHEN x < 0 THEN '(' || format('{:,.2f}', abs(x)) || ')' ELSE '$' || format('{:,.2f}', x) END;
CREATE MACRO european(x) AS replace(replace(replace(format('{:,.2f}', x), ',', '#'), '.', ','), '#', '.');
CREATE MACRO padded(number) AS split_part(number, '-', 1) || '-' || lpad(split_part(number, '-', 2), 6, '0');
CREATE MACRO service_name(i) AS (SELECT name FROM t_services WHERE id = i);

CREATE VIEW f_customers AS
SELECT CAST(id AS VARCHAR) AS "Customer ID", company_id AS "Company ID",
    CASE WHEN is_business THEN 'Business' ELSE 'Personal' END AS "Customer Type *", title AS "Customer title",
    first_name AS "First Name*", last_name AS "Last Name*", first_name2, last_name2, first_name3, last_name3,
    business_name AS "Business Name", CASE WHEN n % 19 = 2 THEN upper(email) ELSE email END AS "Email", email2 AS "Email2", email3 AS "Email3",
    -- What Excel makes of a number.
    CASE WHEN n % 13 = 1 THEN ltrim(mobile, '0') WHEN n % 43 = 4 THEN '6.14E+10' ELSE mobile END AS "Mobile",
    mobile2 AS "Mobile2", phone AS "Phone", 'hunter2-' || n AS "Password",
    unit AS "Unit/Lot", street_number AS "Street Number", street AS "Street Address", suburb AS "Suburb", state AS "State",
    CASE WHEN n % 13 = 1 THEN ltrim(postcode, '0') || '.0' ELSE postcode END AS "Postcode", country AS "Country",
    strftime(date_joined, '%Y/%m/%d') AS "Date joined", labels AS "Labels", notes AS "Notes",
    CASE WHEN is_deleted THEN 'Yes' ELSE 'No' END AS "Deleted", roof AS "Roof type", windows AS "Number of windows"
FROM t_customers WHERE n % 3 <> 0
UNION ALL
SELECT CAST(id AS VARCHAR), company_id, 'Personal', title, first_name, last_name, NULL, NULL, NULL, NULL,
    business_name, NULL, NULL, NULL, mobile, NULL, NULL, NULL, unit, street_number, street, suburb, state, postcode, country,
    strftime(date_joined, '%Y/%m/%d'), NULL, 'imported twice', 'No', NULL, NULL FROM t_repeated;

CREATE VIEW f_customers_old AS
SELECT id AS "customer_id", company_id, CASE WHEN is_business THEN 'business' ELSE 'PERSONAL' END AS "Type",
    title AS "Title", first_name AS "First name", last_name AS "Surname", first_name2, last_name2, first_name3, last_name3,
    business_name AS "Company name", email AS "E-mail", email2 AS "Email 2", mobile AS "Mobile phone", mobile2 AS "Mobile 2", phone AS "Telephone",
    unit AS "Unit", street_number AS "Street number", street AS "Street", suburb AS "Suburb", state AS "State", postcode AS "Post code", country AS "Country",
    dmy(date_joined) AS "Joined", labels AS "Tags", notes AS "Comments", CASE WHEN is_deleted THEN 'Y' END AS "Is deleted"
FROM t_customers WHERE n % 3 = 0;

CREATE VIEW f_properties AS
SELECT id AS "Property ID", customer_id AS "Customer ID", property_type AS "Property Type", property_name AS "Property Name",
    remark AS "Notes", CASE WHEN property_type = 'Vehicle' THEN 'ABC' || id END AS "Licence plate" FROM t_properties;

CREATE VIEW f_services AS
SELECT s.id AS "Service ID", s.name AS "Service", s.category AS "Category", s.pricing AS "Pricing", '$' || s.base_price AS "Base Price",
    s.duration AS "Duration", NULL AS "Zone", CASE WHEN s.id % 2 = 0 THEN 'Inside | Outside' END AS "Options", 'Yes' AS "Active" FROM t_services s
UNION ALL
SELECT s.id, s.name, s.category, s.pricing, '$' || z.price, s.duration, z.zone, NULL, 'Yes'
FROM t_zone_prices z JOIN t_services s ON s.id = z.service_id ORDER BY 1, 7 NULLS FIRST;

CREATE VIEW _bookings AS
SELECT b.*, i.number AS invoice_number, i.status AS invoice_status, i.total, i.tax, i.paid, c.street_number || ' ' || c.street || ', ' || c.suburb AS place,
    CASE WHEN b.n % 2 = 0 THEN array_to_string(list_transform(b.service_ids, lambda s: service_names[s]), ' | ')
        ELSE array_to_string(list_transform(b.service_ids, lambda s: service_names[s]), chr(10)) END AS service_text,
    array_to_string(list_transform(b.worker_ids, lambda w: worker_names[w]), '; ') AS worker_text,
    b.start_local + INTERVAL (b.minutes) MINUTE AS end_local
FROM t_bookings b JOIN t_invoices i ON i.n = b.n LEFT JOIN t_customers c ON c.id = b.customer_id
CROSS JOIN (SELECT list(name ORDER BY id) AS service_names FROM t_services)
CROSS JOIN (SELECT list(display_name ORDER BY id) AS worker_names FROM t_workers);

-- For a workbook: times as Excel keeps them, numbers as numbers.
CREATE VIEW f_bookings_2024 AS
SELECT id AS "Booking ID", number AS "Booking Number", company_id AS "Company ID", customer_id AS "Customer ID", other_customer_id AS "Additional customers",
    bill_payer_id AS "Bill to", status AS "Status", start_local - INTERVAL 8 DAY AS "Created", start_local AS "Start", end_local AS "End", timezone AS "Timezone",
    service_text AS "Services", worker_text AS "Fieldworkers", place AS "Address", source AS "Source", labels AS "Labels",
    CAST(total - tax AS DOUBLE) AS "Sub Total", NULL AS "Discount", CAST(tax AS DOUBLE) AS "Tax", CAST(total AS DOUBLE) AS "Total", CAST(paid AS DOUBLE) AS "Paid",
    'USD' AS "Currency", invoice_number AS "Invoice Number", invoice_status AS "Status ", recurring AS "Recurring", cancel_reason AS "Cancel Reason",
    notes AS "Notes", parking AS "Parking available"
FROM _bookings WHERE n % 2 = 1;

CREATE VIEW f_bookings_2025 AS
SELECT id AS "Booking ID", number AS "Booking Number", company_id AS "Company ID", customer_id AS "Customer ID", other_customer_id AS "Additional customers",
    bill_payer_id AS "Bill to", status AS "Booking status", dmy(start_local - INTERVAL 8 DAY) AS "Created", dmy(start_local) AS "Date",
    said_time(start_local) || ' - ' || said_time(end_local) AS "Time", timezone AS "Time zone",
    service_text AS "Services", worker_text AS "Fieldworkers", place AS "Address", source AS "Source", labels AS "Labels",
    dollars(total - tax) AS "Sub Total", 'N/A' AS "Discount", dollars(tax) AS "Tax", 'A$' || format('{:,.2f}', total) AS "Total", dollars(paid) AS "Paid",
    'USD' AS "Currency", padded(invoice_number) AS "Invoice Number", invoice_status AS "Invoice status", recurring AS "Recurring",
    cancel_reason AS "Cancel Reason", notes AS "Notes", parking AS "Parking available"
FROM _bookings WHERE n % 2 = 0;

CREATE VIEW f_appointments AS
SELECT padded(booking_number) AS "Booking Number", service_id AS "Service ID", strftime(start_local, '%a %-d %b %Y ') || said_time(start_local) AS "Start",
    strftime(start_local + INTERVAL (minutes) MINUTE, '%a %-d %b %Y ') || said_time(start_local + INTERVAL (minutes) MINUTE) AS "End",
    worker_id AS "Fieldworker ID", 1 AS "Quantity", progress AS "Progress"
FROM t_appointments ORDER BY n, id;

CREATE VIEW f_quotes AS
SELECT q.number AS "Quote Number", q.customer_id AS "Customer ID", q.company_id AS "Company ID",
    -- The bare digits of a number, which are another booking's internal id.
    q.booking_n AS "Booking Number", q.status AS "Status", strftime(q.created_local, '%a %-d %b %Y ') || said_time(q.created_local) AS "Created",
    long_day(q.created_local + INTERVAL 30 DAY) AS "Expiry", q.decline_reason AS "Decline reason",
    european(sums.net) AS "Sub Total", european(sums.tax) AS "Tax", european(sums.net + sums.tax) AS "Total"
FROM t_quotes q JOIN (SELECT quote_number, sum(quantity * rate) AS net, sum(round(quantity * rate * 0.1, 2)) AS tax
    FROM t_quote_lines GROUP BY 1) sums ON sums.quote_number = q.number ORDER BY q.n;

CREATE VIEW f_quote_lines AS
SELECT l.quote_number AS "Quote Number", l.service_id AS "Service ID", s.name AS "Service", european(l.quantity) AS "Quantity",
    european(l.rate) AS "Rate", european(round(l.quantity * l.rate * 0.1, 2)) AS "Tax", european(l.quantity * l.rate) AS "Subtotal"
FROM t_quote_lines l JOIN t_services s ON s.id = l.service_id ORDER BY l.id;

CREATE VIEW f_invoices AS
SELECT number AS "Invoice Number", booking_number AS "Booking Number", CAST(customer_id AS VARCHAR) AS "Customer ID", company_id AS "Company ID", status AS "Invoice Status",
    strftime(issue_date, '%m/%d/%Y') AS "Issue Date", strftime(due_date, '%m/%d/%Y') AS "Due Date",
    total - tax AS "Sub Total", NULL AS "Discount", tax AS "Tax", CASE WHEN is_off THEN total + 5 ELSE total END AS "Total",
    paid AS "Paid", CASE WHEN balance < 0 THEN format('{:.2f}', -balance) || ' CR' ELSE format('{:.2f}', balance + CASE WHEN is_off THEN 5 ELSE 0 END) END AS "Balance",
    'USD' AS "Currency", into_number AS "Merged Into", CASE WHEN n % 12 = 0 THEN 'PO ' || n END AS "PO number"
FROM t_invoices WHERE NOT is_in_pages ORDER BY n;

CREATE VIEW f_invoice_pages AS
SELECT {'id': n + 7000, 'booking_id': booking_id, 'invoice_num': number, 'invoice_type': CASE WHEN status = 'Overdue' THEN 'overdue' ELSE 'open' END,
    'booking_invoice_company_id': company_id, 'created': epoch(issue_date), 'custom_due_date': strftime(due_date, '%Y-%m-%d'),
    'merged_invoice_id': NULL, 'parent_id': NULL, 'purchase_order_number': NULL,
    'booking': {'booking_id': booking_id, 'booking_num': booking_number, 'company_id': company_id, 'customer_id': customer_id,
        'status': {'name': 'COMPLETED'}, 'qoute': total, 'sub_total': total - tax, 'paid_amount': paid, 'refund': 0, 'currency_code': 'USD'}} AS row
FROM t_invoices WHERE is_in_pages ORDER BY n;

CREATE VIEW f_invoice_lines AS
SELECT CASE WHEN l.n % 2 = 0 THEN padded(l.invoice_number) ELSE l.invoice_number END AS "Invoice Number", l.service_id AS "Service ID", s.name AS "Service",
    s.name || CASE WHEN l.n % 7 = 0 THEN ' – “deep” &amp; <b>thorough</b>' ELSE '' END AS "Description", l.quantity AS "Quantity", l.rate AS "Rate",
    CASE WHEN l.discount_percent > 0 THEN l.discount_percent || '%' END AS "Discount %", l.tax AS "Tax", l.amount AS "Subtotal"
FROM t_lines l JOIN t_services s ON s.id = l.service_id JOIN t_invoices i ON i.n = l.n WHERE NOT i.has_no_lines ORDER BY l.n, l.id;

CREATE VIEW f_payments AS
SELECT p.id AS "Payment ID",
    CASE WHEN p.fate = 34 AND p.k = 1 THEN NULL WHEN t.n % 2 = 1 THEN p.invoice_number || ', ' || t.other_number
        WHEN p.n % 5 = 0 THEN CAST(p.n AS VARCHAR) ELSE p.invoice_number END AS "Invoice Number",
    p.booking_number AS "Booking Number", dmy(p.paid_local) || ' ' || said_time(p.paid_local) AS "Date", p.method AS "Method",
    'ref-' || p.id AS "Reference", 'Office' AS "Added By",
    dollars(CASE WHEN t.n % 2 = 1 THEN p.amount + t.other_amount ELSE p.amount END) AS "Amount", p.status AS "Status"
FROM t_payments p LEFT JOIN t_together t ON t.id = p.id
WHERE p.id NOT IN (SELECT other_id FROM t_together)
UNION ALL
SELECT t.id, t.other_number, NULL, dmy(p.paid_local) || ' ' || said_time(p.paid_local), p.method, 'ref-' || p.id, 'Office', dollars(t.other_amount), p.status
FROM t_together t JOIN t_payments p ON p.id = t.id WHERE t.n % 2 = 0
UNION ALL
SELECT id + 1, invoice_number, NULL, dmy(paid_local) || ' ' || said_time(paid_local), 'Cash', NULL, 'Office', dollars(-amount), 'Approved'
FROM t_refunds WHERE fate = 32 OR n % 80 = 71
ORDER BY 1;

CREATE VIEW f_refunds AS
SELECT id AS "Refund ID", payment_id AS "Payment ID", NULL AS "Customer ID", long_day(paid_local) AS "Refund date", 'Cash' AS "Method", dollars(amount) AS "Refund Amount", 'Approved' AS "Status"
FROM t_refunds WHERE fate = 32 OR n % 80 <> 71
UNION ALL SELECT 3, 99999999, 1001, '3 March 2025', 'Cash', '$10.00', 'Approved'
UNION ALL SELECT 4, (SELECT min(id) FROM t_payments), NULL, '4 March 2025', 'Cash', '$11.00', 'Pending' ORDER BY 1;

CREATE VIEW f_answers AS
SELECT b.number AS "Booking Number", q.form AS "Form", q.stage AS "Stage", w.display_name AS "Fieldworker", q.question AS "Question", q.type AS "Type",
    CASE q.type WHEN 'Integer' THEN CAST(between_('answer', b.n, 1, 20) AS VARCHAR) WHEN 'Toggle' THEN CASE WHEN b.n % 2 = 0 THEN 'Yes' ELSE 'No' END
        WHEN 'Dropdown' THEN pick('state', b.n, ['Good', 'Fair', 'Poor']) ELSE 'Left <clean> & tidy' END AS "Answer",
    dmy(b.start_local) || ' ' || said_time(b.start_local + INTERVAL 1 HOUR) AS "Answered At"
FROM t_bookings b, unnest(b.worker_ids) u(worker), t_workers w,
    (VALUES ('Check-In', 'Arrival', 'Rooms', 'Integer'), ('Check-In', 'Arrival', 'Pets at home?', 'Toggle'),
        ('Finish', 'Check-Out', 'Condition', 'Dropdown'), ('Finish', 'Check-Out', 'Remarks', 'Text field')) q(form, stage, question, type)
WHERE w.id = u.worker AND b.n % 5 = 1 ORDER BY b.n, w.id, q.question;

CREATE VIEW f_files AS
SELECT n AS "File ID", number AS "Booking Number", 'Finish' AS "Form", 'attachments/' || n || '/photo ' || n || '.png' AS "File",
    'Photo after the work.png' AS "Title", 'Office' AS "Uploaded By", dmy(start_local) AS "Uploaded"
FROM t_bookings WHERE n % 15 = 1 AND n <= 900 ORDER BY n;

CREATE VIEW f_inquiries AS
SELECT number AS "Inquiry Number", customer_id AS "Customer ID", status AS "Status", '2025-03-1' || (n % 10) || ' 08:30' AS "Created",
    message AS "Message", email AS "Email", 'Asker ' || n AS "Name" FROM t_inquiries ORDER BY n;

CREATE VIEW f_automations AS
SELECT * FROM (VALUES
    ('Overdue invoice', 'Invoice is overdue', 'Invoice', 'Balance above 0', 'E-mail the customer; SMS the customer; Label the booking; Tell the office', 'E-mail', '3 days', 'Yes'),
    ('Deposit reminder', 'Deposit is not paid', 'Booking', NULL, 'SMS the customer', 'SMS', '1 day', 'Yes'),
    ('Quote follow-up', 'Quote was sent', 'Quote', 'Not accepted', 'E-mail the customer', 'E-mail', '7 days', 'No'))
    v("Name", "Trigger", "Applies to", "Conditions", "Actions", "Channel", "Delay", "Enabled");

CREATE VIEW f_custom_fields AS
SELECT * FROM (VALUES (1, 'Customer', 'Roof type', 'Dropdown', 'Tile, Metal, Slate'), (2, 'Customer', 'Number of windows', '+/- button', NULL),
    (3, 'Booking', 'Parking available', 'Radio', 'Yes, No')) v("Field ID", "Applies to", "Label", "Type", "Options");
