// Travel documents as a border post's reader gives them: the lines of the machine-readable zone (ICAO Doc 9303).
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "adapters/border_service/mrz_layout.h"
#include "tamga/v1/watchlist.pb.h"
#include "tamga/v1/watchlist_service.pb.h"

namespace tamga::adapters {

// The zone's fields, fillers removed, exactly as read: nothing is repaired, however likely a misreading.
struct MrzDocument {
  MrzFormat format;
  // "P", "ID", "V", ...
  std::string document_code;
  std::string issuer;
  std::string surname;
  // Separated by spaces.
  std::string given_names;
  std::string number;
  std::string nationality;
  // Unknown, and unreadable, dates have all parts 0.
  v1::PartialDate born_on;
  // "F", "M", or empty where the zone does not say.
  std::string sex;
  v1::PartialDate expires_on;
  std::string optional_data;
  // TD1 only.
  std::string second_optional_data;
  std::vector<v1::DocumentCheck> checks;
};

// Reads a zone of format TD1, TD2, TD3, MRV-A or MRV-B. Two-digit years are placed in their century from `today`, the
// day at the border. A zone of the wrong size or alphabet is INVALID_FIELD, naming line and position; all else that is
// wrong with it is a failed check in the result.
absl::StatusOr<MrzDocument> ReadMrz(const std::vector<std::string>& lines, absl::CivilDay today);

// Who the document says its holder is.
v1::TravellerQuery ToTravellerQuery(const MrzDocument& document);

}  // namespace tamga::adapters
