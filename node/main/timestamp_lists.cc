#include "node/main/timestamp_lists.h"

#include <utility>

#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/trust/list_file.h"

namespace tamga::node {
namespace {

absl::Status AddFile(const std::string& path, const certs::CertificateChain& roots, certs::Revocations& lists) {
  ASSIGN_OR_RETURN(const std::string pem, ReadFile(path, trust::kMostListFileBytes));
  ASSIGN_OR_RETURN(const std::vector<trust::RevocationList> read, trust::ReadListFile("", pem, roots));
  for (const trust::RevocationList& list : read) RETURN_IF_ERROR(lists.Add("", list.list, list.chain.front()));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const certs::Revocations>> ReadTimestampLists(const std::vector<std::string>& files,
                                                                             const certs::CertificateChain& roots) {
  if (files.empty()) return std::shared_ptr<const certs::Revocations>();
  certs::Revocations lists;
  for (const std::string& path : files) {
    if (const absl::Status status = AddFile(path, roots, lists); !status.ok()) return Annotate(status, path);
  }
  return std::make_shared<const certs::Revocations>(std::move(lists));
}

}  // namespace tamga::node
