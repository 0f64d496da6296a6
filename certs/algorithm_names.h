// Names of the algorithms of seals, as in Signature.algorithm. Fixed: a name never changes what it stands for, and what
// is signed in another way has another name. So a signature over many messages at once (a Merkle batch) is not one of
// kEcdsaP256Sha256, and stands beside such a one: a node that does not know batches skips it and takes the plain one.
//
// Ed25519 has no name here: it signs checkpoints, cosignatures and acts, and is no seal.
#pragma once

namespace tamga::certs {

// ECDSA on P-256 with SHA-256, in the DER form of RFC 3279: every node speaks it, and every seal has it.
inline constexpr char kEcdsaP256Sha256[] = "ecdsa-p256-sha256";
// GOST R 34.10-2012 with GOST R 34.11-2012 (RFC 7091, RFC 6986) of 256 and 512 bits; the signature is s, then r (RFC
// 9215 section 2), 64 and 128 bytes.
inline constexpr char kGost256[] = "gost-r-34.10-2012-256";
inline constexpr char kGost512[] = "gost-r-34.10-2012-512";
// FIPS 204, pure, with an empty context. Kept: nothing here signs or verifies it yet.
inline constexpr char kMlDsa65[] = "ml-dsa-65";
inline constexpr char kMlDsa87[] = "ml-dsa-87";
// Kept for Merkle batch seals.
inline constexpr char kEcdsaP256Sha256Batch[] = "ecdsa-p256-sha256-batch";

}  // namespace tamga::certs
