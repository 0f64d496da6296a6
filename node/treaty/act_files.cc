#include "node/treaty/act_files.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "google/protobuf/text_format.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"

namespace tamga::treaty {
namespace {

constexpr char kInstrument[] = ".txtpb";
constexpr char kSignatures[] = ".sig";
constexpr size_t kMaxBytes = 1u << 20;

absl::Status Malformed(absl::string_view reason, const std::string& file, absl::string_view what) {
  return Error(absl::StatusCode::kInvalidArgument, reason, absl::StrCat(file, ": ", what));
}

std::string StemOf(const v1::SignedAct& act) { return absl::StrFormat("%04d", act.number()); }

absl::StatusOr<v1::SignedAct> ReadAct(const std::string& folder, const std::string& stem) {
  const std::string file = absl::StrCat(folder, "/", stem, kSignatures);
  ASSIGN_OR_RETURN(const std::string text, ReadFile(file, kMaxBytes));
  v1::SignedAct act;
  if (!google::protobuf::TextFormat::ParseFromString(text, &act)) {
    return Malformed("ACT_MALFORMED", file, "is not the text format of tamga.v1.SignedAct; get the file anew");
  }
  if (!act.instrument().empty() || StemOf(act) != stem) {
    return Malformed("ACT_MALFORMED", file, "holds an instrument, or another number than its name; get the file anew");
  }
  ASSIGN_OR_RETURN(*act.mutable_instrument(), ReadFile(absl::StrCat(folder, "/", stem, kInstrument), kMaxBytes));
  return act;
}

// A missing signature is never "unsigned mode".
absl::Status Unsigned(const std::string& instrument, const std::string& stem) {
  return Malformed("ACT_UNSIGNED", instrument,
                   absl::StrCat("has no ", stem, kSignatures, " beside it; sign it with: tamga treaty sign"));
}

}  // namespace

absl::StatusOr<v1::SignedAct> ReadActFile(const std::string& instrument) {
  const std::filesystem::path path(instrument);
  const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
  absl::StatusOr<v1::SignedAct> act = ReadAct(folder, path.stem().string());
  return absl::IsNotFound(act.status()) ? Unsigned(instrument, path.stem().string()) : act;
}

absl::StatusOr<std::vector<v1::SignedAct>> ReadActFiles(const std::string& folder) {
  ASSIGN_OR_RETURN(const std::vector<std::string> instruments, ListFolder(folder, kInstrument));
  ASSIGN_OR_RETURN(const std::vector<std::string> signatures, ListFolder(folder, kSignatures));
  std::vector<v1::SignedAct> acts;
  for (const std::string& name : instruments) {
    const std::string stem(absl::StripSuffix(name, kInstrument));
    if (!std::binary_search(signatures.begin(), signatures.end(), absl::StrCat(stem, kSignatures))) {
      return Unsigned(absl::StrCat(folder, "/", name), stem);
    }
    ASSIGN_OR_RETURN(acts.emplace_back(), ReadAct(folder, stem));
  }
  std::sort(acts.begin(), acts.end(),
            [](const v1::SignedAct& a, const v1::SignedAct& b) { return a.number() < b.number(); });
  return acts;
}

absl::Status WriteActFiles(const std::string& folder, const v1::SignedAct& act) {
  RETURN_IF_ERROR(MakeFolder(folder));
  v1::SignedAct rest = act;
  rest.clear_instrument();
  std::string text;
  google::protobuf::TextFormat::PrintToString(rest, &text);
  RETURN_IF_ERROR(WriteFile(absl::StrCat(folder, "/", StemOf(act), kSignatures), text));
  return WriteFile(ActFilePath(folder, act), act.instrument());
}

std::string ActFilePath(const std::string& folder, const v1::SignedAct& act) {
  return absl::StrCat(folder, "/", StemOf(act), kInstrument);
}

}  // namespace tamga::treaty
