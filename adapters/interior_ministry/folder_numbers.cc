#include "adapters/interior_ministry/folder_numbers.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "tamga/v1/ministry.pb.h"

namespace tamga::adapters {
namespace {

constexpr size_t kMaxBytes = 64u << 10;
constexpr int kMostCases = 100;

// A file number may hold slashes, and differ from another by case alone.
std::string PathOf(const std::string& file_number) {
  return absl::StrCat(kStateFolder, "/number-", HexEncode(Sha256(file_number)), ".pb");
}

absl::StatusOr<v1::MinistryFileNumber> LoadNumber(DropFolder& folder, const std::string& file_number) {
  v1::MinistryFileNumber stored;
  const absl::StatusOr<std::string> content = folder.Read(PathOf(file_number), kMaxBytes);
  if (absl::IsNotFound(content.status())) return stored;
  RETURN_IF_ERROR(content.status());
  if (!stored.ParseFromString(*content) || stored.file_number() != file_number) {
    return Error(absl::StatusCode::kDataLoss, "STATE_DAMAGED",
                 absl::StrCat(PathOf(file_number), " cannot be read; remove it, and name the case by its id"));
  }
  return stored;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> FolderNumbers::CasesOf(const std::string& file_number) {
  ASSIGN_OR_RETURN(const v1::MinistryFileNumber stored, LoadNumber(folder_, file_number));
  return std::vector<std::string>(stored.case_ids().begin(), stored.case_ids().end());
}

absl::Status FolderNumbers::Remember(const std::string& file_number, const std::string& case_id) {
  ASSIGN_OR_RETURN(v1::MinistryFileNumber stored, LoadNumber(folder_, file_number));
  if (std::count(stored.case_ids().begin(), stored.case_ids().end(), case_id) != 0) return absl::OkStatus();
  if (stored.case_ids_size() == kMostCases) return absl::OkStatus();
  stored.set_file_number(file_number);
  stored.add_case_ids(case_id);
  return folder_.Write(PathOf(file_number), stored.SerializeAsString());
}

}  // namespace tamga::adapters
