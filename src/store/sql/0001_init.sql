-- What the service remembers of members, their certificates and requests.
--
-- Read by SQLite and PostgreSQL alike: BIGINT, TEXT, BLOB (BYTEA there); times
-- are milliseconds since 1970; identifiers are 16 bytes; states are bits, so
-- that a set of them is a number. No foreign keys: rows that belong together
-- are written in one transaction, and a distributed database need not ask
-- another node for each. What changes often stands in small tables of its own.
-- WITHOUT ROWID: the key is the table, not a second tree beside it. PostgreSQL's
-- driver leaves the words out.

CREATE TABLE member (
	id BLOB PRIMARY KEY,
	phone_hash BLOB NOT NULL,
	phone_tail TEXT NOT NULL,
	name TEXT NOT NULL,
	device_list BLOB NOT NULL,
	created_ms BIGINT NOT NULL,
	blocked_until_ms BIGINT NOT NULL,
	refusals BIGINT NOT NULL
);
CREATE UNIQUE INDEX member_phone ON member (phone_hash);

CREATE TABLE device (
	id BLOB PRIMARY KEY,
	member_id BLOB NOT NULL,
	kind BIGINT NOT NULL,
	name TEXT NOT NULL,
	credential_id BLOB,
	public_key BLOB NOT NULL,
	added_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX device_credential ON device (credential_id);
CREATE INDEX device_member ON device (member_id);

CREATE TABLE session (
	token_hash BLOB PRIMARY KEY,
	member_id BLOB NOT NULL,
	device_id BLOB NOT NULL,
	created_ms BIGINT NOT NULL,
	expires_ms BIGINT NOT NULL,
	last_seen_ms BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX session_member ON session (member_id);
CREATE INDEX session_expires ON session (expires_ms);

CREATE TABLE certificate (
	id BLOB PRIMARY KEY,
	member_id BLOB NOT NULL,
	key_id BLOB NOT NULL,
	sha256 BLOB NOT NULL,
	der BLOB NOT NULL,
	owner TEXT NOT NULL,
	issuer TEXT NOT NULL,
	issuer_organisation TEXT NOT NULL,
	policy_oid TEXT NOT NULL,
	serial_number TEXT NOT NULL,
	not_before_ms BIGINT NOT NULL,
	not_after_ms BIGINT NOT NULL,
	kb1 BLOB NOT NULL,
	km_der BLOB NOT NULL,
	km_kb1 BLOB NOT NULL,
	created_ms BIGINT NOT NULL,
	deleted_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX certificate_living ON certificate (member_id, sha256)
	WHERE deleted_ms = 0;

CREATE TABLE certificate_use (
	certificate_id BLOB PRIMARY KEY,
	last_used_ms BIGINT NOT NULL,
	uses BIGINT NOT NULL
) WITHOUT ROWID;

-- The identifier begins with the time: new rows stand together at the end.
CREATE TABLE request (
	id BLOB PRIMARY KEY,
	member_id BLOB,
	kind BIGINT NOT NULL,
	state BIGINT NOT NULL,
	mode BIGINT NOT NULL,
	program TEXT NOT NULL,
	machine TEXT NOT NULL,
	user_name TEXT NOT NULL,
	address TEXT NOT NULL,
	secret_hash BLOB,
	certificate_id BLOB,
	vault_request_id BLOB,
	ar1 BLOB NOT NULL,
	ar1_signature BLOB,
	signs BIGINT NOT NULL,
	seconds BIGINT NOT NULL,
	signs_left BIGINT NOT NULL,
	created_ms BIGINT NOT NULL,
	expires_ms BIGINT NOT NULL,
	continues_id BLOB,
	transfer_id BLOB
) WITHOUT ROWID;
CREATE INDEX request_member ON request (member_id, created_ms);
CREATE INDEX request_living ON request (expires_ms) WHERE state < 16;

-- The identifier begins with the time: the key is the order of paging.
CREATE TABLE history (
	member_id BLOB NOT NULL,
	id BLOB NOT NULL,
	at_ms BIGINT NOT NULL,
	kind BIGINT NOT NULL,
	certificate_id BLOB,
	owner TEXT NOT NULL,
	program TEXT NOT NULL,
	machine TEXT NOT NULL,
	request_id BLOB,
	signs BIGINT NOT NULL,
	receipt BLOB NOT NULL,
	receipt_signature BLOB,
	PRIMARY KEY (member_id, id)
) WITHOUT ROWID;

CREATE TABLE transfer (
	id BLOB PRIMARY KEY,
	member_id BLOB NOT NULL,
	channel TEXT NOT NULL,
	secret_hash BLOB,
	step BIGINT NOT NULL,
	state BIGINT NOT NULL,
	living BIGINT NOT NULL,
	message BLOB NOT NULL,
	created_ms BIGINT NOT NULL,
	expires_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX transfer_channel ON transfer (channel) WHERE living = 1;
CREATE INDEX transfer_expires ON transfer (expires_ms);

CREATE TABLE joining (
	id BLOB PRIMARY KEY,
	phone_hash BLOB NOT NULL,
	phone TEXT NOT NULL,
	name TEXT NOT NULL,
	phone_tail TEXT NOT NULL,
	carrier TEXT NOT NULL,
	birth TEXT NOT NULL,
	provider_tx TEXT NOT NULL,
	state BIGINT NOT NULL,
	tries BIGINT NOT NULL,
	account_id BLOB,
	challenge BLOB,
	expires_ms BIGINT NOT NULL
);
CREATE INDEX joining_expires ON joining (expires_ms);

CREATE TABLE push_subscription (
	device_id BLOB PRIMARY KEY,
	member_id BLOB NOT NULL,
	endpoint TEXT NOT NULL,
	p256dh BLOB NOT NULL,
	auth BLOB NOT NULL,
	created_ms BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX push_subscription_member ON push_subscription (member_id);

CREATE TABLE counter (
	scope TEXT NOT NULL,
	subject BLOB NOT NULL,
	window_start_ms BIGINT NOT NULL,
	hits BIGINT NOT NULL,
	PRIMARY KEY (subject, scope)
) WITHOUT ROWID;
CREATE INDEX counter_start ON counter (window_start_ms);

CREATE TABLE block (
	scope TEXT NOT NULL,
	subject BLOB NOT NULL,
	until_ms BIGINT NOT NULL,
	PRIMARY KEY (scope, subject)
) WITHOUT ROWID;
CREATE INDEX block_until ON block (until_ms);

CREATE TABLE meta (
	name TEXT PRIMARY KEY,
	content BLOB NOT NULL
);
