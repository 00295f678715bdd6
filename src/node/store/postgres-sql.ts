// SPDX-License-Identifier: Apache-2.0

/**
 * What the store says to the database. It keeps to what databases that speak PostgreSQL's protocol have in common: one
 * change of the table in a statement, and no LISTEN, which some lack, and which makes PostgreSQL commit one by one.
 */

export const SERIALIZABLE = "SET default_transaction_isolation = 'serializable'";

export const SHOW_DURABILITY = 'SHOW synchronous_commit';

/** `value` NULL: the entry is deleted. Keys are ordered by their bytes. */
export const CREATE = `
  CREATE TABLE IF NOT EXISTS pne_entries (key bytea PRIMARY KEY, value bytea, version bigint NOT NULL)`;

/** What was deleted is nothing, and goes when the store is opened next. */
export const PURGE = 'DELETE FROM pne_entries WHERE value IS NULL';

/** $1: key. */
export const GET = `
  SELECT key, value, version FROM pne_entries WHERE key = $1 AND value IS NOT NULL`;

/** $1: prefix. $2: the key before the first. $3: the first key above all of the prefix, or NULL. $4: how many. */
export const RANGE = `
  SELECT key, value, version FROM pne_entries
  WHERE key >= $1 AND key > $2 AND ($3::bytea IS NULL OR key < $3) AND value IS NOT NULL
  ORDER BY key LIMIT $4`;

/** $1: keys. */
export const VERSIONS = `
  SELECT key, version FROM pne_entries WHERE key = ANY($1::bytea[]) AND value IS NOT NULL`;

/** $1, $2: keys and the versions that they are expected to have, NULL for none. */
const MET = `
  WITH answer AS (
    SELECT NOT EXISTS (
      SELECT 1 FROM unnest($1::bytea[], $2::bigint[]) AS e(key, version)
      LEFT JOIN pne_entries AS n ON n.key = e.key AND n.value IS NOT NULL
      WHERE n.version IS DISTINCT FROM e.version
    ) AS met
  )`;

/** $3, $4: keys and values, NULL for what is deleted. $5: the version. */
export const UPSERT = `${MET}, changed AS (
    INSERT INTO pne_entries (key, value, version)
    SELECT c.key, c.value, $5::bigint FROM unnest($3::bytea[], $4::bytea[]) AS c(key, value), answer
    WHERE answer.met
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version
    RETURNING 1
  )
  SELECT met FROM answer`;

/** $3: keys. */
export const DELETE = `${MET}, changed AS (
    DELETE FROM pne_entries WHERE key = ANY($3::bytea[]) AND (SELECT met FROM answer)
    RETURNING 1
  )
  SELECT met FROM answer`;
