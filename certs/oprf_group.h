// The group and hash of suite ristretto255-SHA512 (RFC 9497 section 4.1) with the domain separation of mode VOPRF, on
// libsodium. For oprf.cc. Elements and scalars are strings of 32 bytes, as they are serialised.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/base/rng.h"

namespace tamga::certs {

inline constexpr size_t kOprfElementBytes = 32;
inline constexpr size_t kOprfScalarBytes = 32;

// "OPRFV1-" || 0x01 || "-ristretto255-SHA512" (section 3.1).
absl::string_view OprfContext();
// Two bytes of length, most significant first, and the bytes, at most 65,535.
std::string OprfSized(absl::string_view bytes);
std::string OprfHash(absl::string_view data);

// HashToScalar and HashToGroup. The context is put behind the tag, such as "HashToScalar-".
std::string OprfHashToScalar(absl::string_view message, absl::string_view tag);
std::string OprfHashToGroup(absl::string_view message);

// DeserializeElement: false also for the identity.
bool IsOprfElement(absl::string_view bytes);
// DeserializeScalar: false unless below the group's order.
bool IsOprfScalar(absl::string_view bytes);

// From 64 bytes of `rng`.
std::string OprfRandomScalar(Rng& rng);
// InvalidArgument for zero.
absl::StatusOr<std::string> OprfInvert(absl::string_view scalar);
// a - b·c.
std::string OprfSubtractProduct(absl::string_view a, absl::string_view b, absl::string_view c);

// InvalidArgument if the element is none, or the product is the identity.
absl::StatusOr<std::string> OprfMultiply(absl::string_view scalar, absl::string_view element);
absl::StatusOr<std::string> OprfMultiplyBase(absl::string_view scalar);
// InvalidArgument if one of them is no element. Takes and gives the identity, 32 zero bytes.
absl::StatusOr<std::string> OprfAdd(absl::string_view a, absl::string_view b);

}  // namespace tamga::certs
