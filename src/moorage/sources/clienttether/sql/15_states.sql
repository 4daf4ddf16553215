-- The states of the USA and the provinces of Canada; settings.states adds spellings.

CREATE TABLE tidy._states AS
SELECT lower(trim(split_part(item, '=', 1))) AS name, split_part(item, '=', 2) AS code FROM (SELECT unnest(string_split(
    'Alabama=AL,Alaska=AK,Arizona=AZ,Arkansas=AR,California=CA,Colorado=CO,Connecticut=CT,Delaware=DE,'
    || 'District of Columbia=DC,Florida=FL,Georgia=GA,Hawaii=HI,Idaho=ID,Illinois=IL,Indiana=IN,Iowa=IA,Kansas=KS,'
    || 'Kentucky=KY,Louisiana=LA,Maine=ME,Maryland=MD,Massachusetts=MA,Michigan=MI,Minnesota=MN,Mississippi=MS,'
    || 'Missouri=MO,Montana=MT,Nebraska=NE,Nevada=NV,New Hampshire=NH,New Jersey=NJ,New Mexico=NM,New York=NY,'
    || 'North Carolina=NC,North Dakota=ND,Ohio=OH,Oklahoma=OK,Oregon=OR,Pennsylvania=PA,Rhode Island=RI,'
    || 'South Carolina=SC,South Dakota=SD,Tennessee=TN,Texas=TX,Utah=UT,Vermont=VT,Virginia=VA,Washington=WA,'
    || 'West Virginia=WV,Wisconsin=WI,Wyoming=WY,Puerto Rico=PR,Alberta=AB,British Columbia=BC,Manitoba=MB,'
    || 'New Brunswick=NB,Newfoundland and Labrador=NL,Nova Scotia=NS,Ontario=ON,Prince Edward Island=PE,Quebec=QC,'
    || 'Québec=QC,Saskatchewan=SK,Northwest Territories=NT,Nunavut=NU,Yukon=YT', ',')) AS item)
UNION ALL SELECT lower(trim(word)), upper(meaning) FROM tidy._pairs WHERE setting = 'states';

CREATE MACRO tidy._state_code(x) AS coalesce((SELECT min(code) FROM tidy._states WHERE name = lower(trim(x))),
    CASE WHEN regexp_full_match(trim(x), '[A-Za-z]{2,3}') THEN upper(trim(x)) END);

CREATE MACRO tidy._is_canadian(code) AS list_contains(['AB','BC','MB','NB','NL','NS','NT','NU','ON','PE','QC','SK','YT'], code);
