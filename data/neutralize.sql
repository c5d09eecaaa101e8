-- A copy must not answer for the original: no secret, no known address, nothing running.
DELETE FROM q2c_secret;
DELETE FROM q2c_sign_in;
UPDATE q2c_connection
   SET state = CASE state WHEN 'active' THEN 'paused' ELSE state END,
       health = 'unknown',
       webhook_token = md5(random()::text || id::text);
UPDATE ir_cron
   SET active = false
 WHERE id IN (
        SELECT poll_cron_id FROM q2c_connection
         UNION
        SELECT send_cron_id FROM q2c_connection
         UNION
        SELECT control_cron_id FROM q2c_connection
         UNION
        SELECT listen_cron_id FROM q2c_connection
       );
