// Who issues travel documents: ISO 3166 States and the other issuers of ICAO Doc 9303.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace tamga::adapters {

// True for an ISO 3166 alpha-3 code in capitals.
bool IsStateCode(absl::string_view code);

// True for what may stand as issuer or nationality in a machine-readable zone, fillers removed: an ISO 3166 alpha-3
// code, or one of the codes of ICAO Doc 9303 part 3 section 5 ("D", "XXA", "UNO", ...; "UTO" marks a specimen).
bool IsIssuerCode(absl::string_view code);

// Alpha-3 code of a State by its short English name or the name that the United Nations uses, in any letter case;
// "" if the name is not known.
std::string StateCodeOfName(absl::string_view name);

namespace internal {

struct NamedCode {
  absl::string_view code;
  absl::string_view name;
};

// Alpha-3 codes with short names.
absl::Span<const NamedCode> States();
// Codes of the zone that are no State's, with their meaning.
absl::Span<const NamedCode> OtherIssuers();
// Alpha-3 codes with the names of the United Nations where these differ from the short names.
absl::Span<const NamedCode> OfficialNames();

}  // namespace internal
}  // namespace tamga::adapters
