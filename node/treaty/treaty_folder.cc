#include "node/treaty/treaty_folder.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/treaty/act_files.h"
#include "policy/act.h"

namespace tamga::treaty {
namespace {

constexpr size_t kMaxBytes = 1u << 20;

bool IsFolder(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error);
}

absl::StatusOr<std::vector<std::string>> ListSubfolders(const std::string& path) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->is_directory(error)) names.push_back(entry->path().filename().string());
  }
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("cannot read ", path));
  std::sort(names.begin(), names.end());
  return names;
}

// Collects what is wrong in any file, so that all of it can be mended at once.
class Reading {
 public:
  template <typename Document>
  void ReadAll(const std::string& folder, absl::StatusOr<Document> (*read)(absl::string_view, absl::string_view),
               std::vector<Document>* documents, std::map<std::string, std::string>* texts) {
    const absl::StatusOr<std::vector<std::string>> names = ListFolder(folder, ".txtpb");
    if (!names.ok()) return Add(names.status());
    for (const std::string& name : *names) {
      const absl::StatusOr<std::string> bytes = ReadFile(ResolvePath(folder, name), kMaxBytes);
      if (!bytes.ok()) {
        Add(bytes.status());
        continue;
      }
      absl::StatusOr<Document> document = read(*bytes, name);
      if (document.ok()) {
        texts->emplace(document->sha256, *bytes);
        documents->push_back(*std::move(document));
      } else {
        Add(document.status());
      }
    }
  }

  void ReadRegisters(const std::string& folder, std::map<std::string, std::vector<v1::SignedAct>>* acts) {
    const absl::StatusOr<std::vector<std::string>> states = ListSubfolders(folder);
    if (!states.ok()) return Add(states.status());
    for (const std::string& state : *states) {
      absl::StatusOr<std::vector<v1::SignedAct>> read = ReadActFiles(absl::StrCat(folder, "/", state));
      if (read.ok()) {
        acts->emplace(state, *std::move(read));
      } else {
        Add(read.status());
      }
    }
  }

  absl::Status ToStatus() const {
    if (findings_.empty()) return absl::OkStatus();
    return Error(absl::StatusCode::kInvalidArgument, "TREATY_INVALID", absl::StrJoin(findings_, "\n"));
  }

 private:
  void Add(const absl::Status& status) { findings_.emplace_back(status.message()); }

  std::vector<std::string> findings_;
};

std::string FileName(const std::string& id, uint32_t version, const std::string& sha256) {
  return absl::StrCat(absl::AsciiStrToLower(id), "-v", version, "-", HexEncode(sha256), ".txtpb");
}

template <typename Document>
absl::Status AddTexts(const std::string& folder, const std::vector<Document>& documents,
                      const std::map<std::string, std::string>& texts) {
  if (documents.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(MakeFolder(folder));
  for (const Document& document : documents) {
    RETURN_IF_ERROR(WriteFile(absl::StrCat(folder, "/", TextFileName(document)), texts.at(document.sha256)));
  }
  return absl::OkStatus();
}

absl::Status AddAct(const std::string& folder, const v1::SignedAct& act) {
  const std::string file = ActFilePath(folder, act);
  const absl::StatusOr<std::string> present = ReadFile(file, kMaxBytes);
  if (!present.ok() && !absl::IsNotFound(present.status())) return present.status();
  if (present.ok() && *present != act.instrument()) {
    return Error(absl::StatusCode::kFailedPrecondition, "TREATY_FILE_DIFFERS",
                 absl::StrCat(file,
                              " holds another act than the one to be written there; move it away, and publish it "
                              "under the next free number if it is yours"));
  }
  return WriteActFiles(folder, act);
}

}  // namespace

std::string TextFileName(const policy::TreatyDocument& document) {
  return FileName(document.treaty.id(), document.treaty.version(), document.sha256);
}

std::string TextFileName(const policy::OverlayDocument& document) {
  return FileName(document.overlay.id(), document.overlay.version(), document.sha256);
}

absl::Status AddToTreatyFolder(const std::string& path, const TreatySources& additions) {
  RETURN_IF_ERROR(AddTexts(path, additions.treaties, additions.texts));
  RETURN_IF_ERROR(AddTexts(path + "/overlays", additions.overlays, additions.texts));
  for (const auto& [state, acts] : additions.acts) {
    for (const v1::SignedAct& act : acts) {
      RETURN_IF_ERROR(AddAct(absl::StrCat(path, "/registers/", state), act));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<TreatySources> SourcesOf(const v1::TreatyBundle& bundle) {
  TreatySources sources;
  for (const std::string& text : bundle.treaties()) {
    ASSIGN_OR_RETURN(policy::TreatyDocument document, policy::ReadTreaty(text, "treaty"));
    sources.texts.emplace(document.sha256, text);
    sources.treaties.push_back(std::move(document));
  }
  for (const std::string& text : bundle.overlays()) {
    ASSIGN_OR_RETURN(policy::OverlayDocument document, policy::ReadOverlay(text, "overlay"));
    sources.texts.emplace(document.sha256, text);
    sources.overlays.push_back(std::move(document));
  }
  for (const v1::SignedAct& act : bundle.acts()) {
    RETURN_IF_ERROR(policy::CheckActForm(act));
    sources.acts[act.state()].push_back(act);
  }
  return sources;
}

absl::StatusOr<TreatySources> ReadTreatyFolder(const std::string& path) {
  RETURN_IF_ERROR(ListFolder(path, ".txtpb").status());
  TreatySources sources;
  Reading reading;
  reading.ReadAll(path, &policy::ReadTreaty, &sources.treaties, &sources.texts);
  if (const std::string overlays = path + "/overlays"; IsFolder(overlays)) {
    reading.ReadAll(overlays, &policy::ReadOverlay, &sources.overlays, &sources.texts);
  }
  if (const std::string registers = path + "/registers"; IsFolder(registers)) {
    reading.ReadRegisters(registers, &sources.acts);
  }
  RETURN_IF_ERROR(reading.ToStatus());
  return sources;
}

}  // namespace tamga::treaty
