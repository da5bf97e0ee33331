-- A member is asked for the living requests only: those of a day that ended
-- are neither looked through nor kept in order.
DROP INDEX request_member;
CREATE INDEX request_member ON request (member_id, created_ms)
	WHERE state < 16;
