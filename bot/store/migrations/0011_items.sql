-- Catalogue decisions and their items, items and datasets that belong together or do not, proposals of agencies.

CREATE TABLE decisions (
    id {id},
    province TEXT NOT NULL,
    key TEXT NOT NULL,
    document TEXT NOT NULL,
    digest TEXT NOT NULL,
    file TEXT NOT NULL,
    imported_at BIGINT NOT NULL,
    CONSTRAINT decisions_once UNIQUE (province, key)
);

CREATE TABLE items (
    decision_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    position BIGINT NOT NULL,
    lineage TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (decision_id, code),
    CONSTRAINT items_lineage UNIQUE (decision_id, lineage)
);

CREATE TABLE item_links (
    province TEXT NOT NULL,
    lineage TEXT NOT NULL,
    dataset TEXT NOT NULL,
    state TEXT NOT NULL,
    said_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (province, lineage, dataset)
);

CREATE TABLE item_proposals (
    id {id},
    province TEXT NOT NULL,
    kind TEXT NOT NULL,
    item TEXT NOT NULL,
    document TEXT NOT NULL,
    agency TEXT NOT NULL,
    reason TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    state TEXT NOT NULL,
    submitted_in TEXT NOT NULL,
    settled_by TEXT NOT NULL,
    settled_at BIGINT
);
CREATE INDEX item_proposals_state ON item_proposals (province, state);
