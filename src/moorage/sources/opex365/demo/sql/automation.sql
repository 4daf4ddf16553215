-- Workflows 1-8 are classic, rules, actions; 101-103 the process flows; 201-204 cloud flows.
CREATE MACRO flow(trigger, actions) AS '{"properties":{"connectionReferences":{"shared_commondataserviceforapps":{"api":{"name":"shared_commondataserviceforapps"},"connection":{"connectionReferenceLogicalName":"opx_dataverse"},"runtimeSource":"embedded"}},"definition":{"$$schema":"https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#","contentVersion":"1.0.0.0","parameters":{},"triggers":'
    || trigger || ',"actions":' || actions || '}},"schemaVersion":"1.0.0.0"}';
CREATE MACRO action(name, operation, parameters, after) AS '"' || name || '":{"runAfter":' || after || ',"type":"OpenApiConnection","inputs":{"host":{"apiId":"/providers/Microsoft.PowerApps/apis/shared_commondataserviceforapps","connectionName":"shared_commondataserviceforapps","operationId":"' || operation || '"},"parameters":' || parameters || '}}';
CREATE TABLE flows AS SELECT * FROM (VALUES
    (201, 'Tell the team about a won deal', flow('{"When_a_row_is_modified":{"type":"OpenApiConnectionWebhook","inputs":{"host":{"apiId":"/providers/Microsoft.PowerApps/apis/shared_commondataserviceforapps","operationId":"SubscribeWebhookTrigger"},"parameters":{"subscriptionRequest/entityname":"opportunity","subscriptionRequest/message":3,"subscriptionRequest/scope":4,"subscriptionRequest/filteringattributes":"statecode"}}}}',
        '{' || action('Get_account', 'GetItem', '{"entityName":"accounts","recordId":"x"}', '{}') || ',' || action('Create_task', 'CreateRecord', '{"entityName":"tasks","item/subject":"Kick-off"}', '{"Get_account":["Succeeded"]}') || '}'), 1),
    (202, 'Nightly clean-up', flow('{"Recurrence":{"type":"Recurrence","recurrence":{"frequency":"Day","interval":1}}}',
        '{' || action('List_rows', 'ListRecords', '{"entityName":"leads"}', '{}') || ',"Apply_to_each":{"type":"Foreach","foreach":"@body(''List_rows'')","actions":{' || action('Update', 'UpdateRecord', '{"entityName":"leads"}', '{}') || '},"runAfter":{"List_rows":["Succeeded"]}},"Delay":{"type":"Wait","inputs":{"interval":{"count":2,"unit":"Hour"}},"runAfter":{}}}'), 1),
    (203, 'Draft flow', flow('{"manual":{"type":"Request","kind":"Button","inputs":{}}}', '{}'), 0),
    (204, 'Compressed flow', 'H4sIAAAAAAAAA6tWKkktLlGyUlAqS8wpTtVRKs8vyklRqgUAoX2cFh0AAAA=', 1)) f(n, name, clientdata, state);
CREATE TABLE gen.workflow AS
SELECT gid('workflow', n) AS workflowid, name, category, type, mode, scope, primaryentity, triggeroncreate, attributes AS triggeronupdateattributelist, ondemand,
    state AS statecode, state + 1 AS statuscode, xaml, NULL AS clientdata, false AS clientdataiscompressed, ismanaged, active AS _activeworkflowid_value, gid('unique', n) AS workflowidunique
FROM (VALUES
    (1, 'Welcome a new contact', 0, 1, 0, 4, 'contact', true, NULL, false, 1, '<Activity><mxswa:SendEmail DisplayName="Welcome" /></Activity>', false, gid('workflow', 2)),
    (2, 'Welcome a new contact', 0, 2, 0, 4, 'contact', true, NULL, false, 1, '<Activity><mxswa:SendEmail DisplayName="Welcome" /></Activity>', false, NULL),
    (3, 'Escalate old cases', 0, 1, 0, 4, 'incident', false, 'prioritycode,statuscode', true, 1, '<Activity><mxswa:Postpone /><mxswa:CreateEntity EntityName="task" /><mxswa:UpdateEntity EntityName="incident" /><mxswa:SendEmail /></Activity>', false, NULL),
    (4, 'Set account code', 0, 1, 1, 4, 'account', true, NULL, false, 0, '<Activity />', false, NULL),
    (5, 'Budget needs an amount', 2, 1, 1, 4, 'opportunity', false, NULL, false, 1, '<Activity><mcwb:Control /></Activity>', false, NULL),
    (6, 'Lock a won deal', 2, 1, 1, 4, 'opportunity', false, NULL, false, 1, '<Activity />', false, NULL),
    (7, 'Calculate risk', 3, 1, 1, 4, 'account', false, NULL, false, 1, '<Activity />', false, NULL),
    (8, 'Managed by Microsoft', 0, 1, 0, 4, 'email', true, NULL, false, 1, '<Activity />', true, NULL),
    (101, 'Opportunity Sales Process', 4, 1, 0, 4, 'opportunity', false, NULL, false, 1, NULL, true, NULL),
    (102, 'Lead to Opportunity Sales Process', 4, 1, 0, 4, 'lead', false, NULL, false, 1, NULL, true, NULL),
    (103, 'Tender', 4, 1, 0, 4, 'opportunity', false, NULL, false, 1, NULL, false, NULL))
    w(n, name, category, type, mode, scope, primaryentity, triggeroncreate, attributes, ondemand, state, xaml, ismanaged, active)
UNION ALL
SELECT gid('workflow', n), name, 5, 1, 0, 4, 'none', false, NULL, false, state, state + 1, NULL, clientdata, n = 204, false, NULL, gid('unique', n) FROM flows;

CREATE TABLE gen.processstage AS
SELECT gid('stage', p * 10 + s) AS processstageid,
    [['Qualify', 'Site survey', 'Propose', 'Negotiation and contract review with the customer''s procurement'],
     ['Qualify', 'Develop', 'Propose', 'Close'], ['Bid / no bid', 'Tender submitted', 'Clarification', 'Award']][p][s] AS stagename,
    s - 1 AS stagecategory, CASE WHEN p = 2 AND s = 1 THEN 'lead' ELSE 'opportunity' END AS primaryentitytypecode,
    gid('workflow', 100 + p) AS _processid_value
FROM range(1, 4) a(p), range(1, 5) b(s);

CREATE TABLE gen.sdkmessage AS
SELECT gid('message-kind', i) AS sdkmessageid, ['Create', 'Update', 'Delete', 'Assign'][i] AS name FROM range(1, 5) r(i);
CREATE TABLE gen.sdkmessagefilter AS
SELECT gid('filter', i) AS sdkmessagefilterid, ['account', 'contact', 'opportunity', 'opx_vessel'][i] AS primaryobjecttypecode,
    gid('message-kind', 1 + i % 2) AS _sdkmessageid_value FROM range(1, 5) r(i);
CREATE TABLE gen.pluginassembly AS
SELECT gid('assembly', i) AS pluginassemblyid, ['Opex.Plugins', 'Microsoft.Crm.ObjectModel'][i] AS name, '1.0.0.0' AS version, 2 AS isolationmode,
    0 AS sourcetype, i = 2 AS ismanaged FROM range(1, 3) r(i);
CREATE TABLE gen.plugintype AS
SELECT gid('plugintype', i) AS plugintypeid, ['Opex.Plugins.CheckVat', 'Opex.Plugins.NumberVessel', 'Microsoft.Crm.Sync'][i] AS name,
    ['Opex.Plugins.CheckVat', 'Opex.Plugins.NumberVessel', 'Microsoft.Crm.Sync'][i] AS typename, 'Opex.Plugins' AS assemblyname, i = 2 AS isworkflowactivity,
    i = 3 AS ismanaged, gid('assembly', 1 + i // 3) AS _pluginassemblyid_value FROM range(1, 4) r(i);
CREATE TABLE gen.sdkmessageprocessingstep AS
SELECT gid('step', i) AS sdkmessageprocessingstepid, ['Check VAT of accounts', 'Number new vessels', 'Sync', 'Old step'][i] AS name, i % 2 AS mode,
    [20, 40, 40, 10][i] AS stage, 1 AS rank, CASE WHEN i = 1 THEN 'name,accountnumber' END AS filteringattributes,
    gid('message-kind', 1 + i % 2) AS _sdkmessageid_value, gid('filter', i) AS _sdkmessagefilterid_value, gid('plugintype', [1, 2, 3, 1][i]) AS _plugintypeid_value,
    gid('plugintype', [1, 2, 3, 1][i]) AS _eventhandler_value, 'plugintype' AS _eventhandler_value__type, i = 3 AS ismanaged,
    (i = 4)::INTEGER AS statecode, 1 + (i = 4)::INTEGER AS statuscode FROM range(1, 5) r(i);
CREATE TABLE gen.template AS
SELECT gid('template', i) AS templateid, ['Offer', 'Case closed', 'Personal greeting'][i] AS title,
    '<?xml version="1.0"?><xsl:stylesheet><xsl:template match="/data"><![CDATA[Your offer ]]></xsl:template></xsl:stylesheet>' AS subject,
    'Your offer {!Opportunity:Topic;}' AS subjectsafehtml, '<p>Dear {!Contact:First Name;customer},</p>' AS body,
    ['opportunity', 'incident', 'systemuser'][i] AS templatetypecode, 1033 AS languagecode, i = 3 AS ispersonal FROM range(1, 4) r(i);
