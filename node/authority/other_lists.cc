#include "node/authority/other_lists.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/refusal.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/trust/list_file.h"
#include "node/trust/revocation_list.h"

namespace tamga::authority {
namespace {

constexpr absl::Duration kSkew = absl::Minutes(2);  // of other authorities' clocks

}  // namespace

OtherLists::OtherLists(const certs::TrustStore& trust, std::string state, std::vector<std::string> files,
                       const Clock& clock)
    : trust_(trust),
      state_(std::move(state)),
      files_(std::move(files)),
      clock_(clock),
      lists_(std::make_shared<const certs::Revocations>()) {
  if (files_.empty()) {
    Log(Severity::kWarning, "no crl_files",
        {{"detail",
          "certificates of an issuing authority that the root has revoked are renewed; name the root's list"}});
  }
  Look();
}

absl::Status OtherLists::Read(certs::Revocations& lists) const {
  if (files_.empty()) return absl::OkStatus();
  std::string texts;
  for (const std::string& file : files_) {
    ASSIGN_OR_RETURN(const std::string text, ReadFile(file, trust::kMostListFileBytes));
    absl::StrAppend(&texts, text, "\n");
  }
  const certs::CertificateChain roots = trust_.RootsOf(state_);
  ASSIGN_OR_RETURN(const std::vector<trust::RevocationList> read, trust::ReadListFile(state_, texts, roots));
  absl::Status first;  // fault; it spoils none of the other lists
  for (const trust::RevocationList& list : read) {
    absl::Status added = trust::VerifyRevocationList(list, roots, clock_.Now(), kSkew);
    if (added.ok()) added = lists.Add(state_, list.list, list.chain.front());
    if (!added.ok() && ReasonOf(added) != certs::kRevocationStale) first.Update(added);
  }
  return first;
}

void OtherLists::Look() {
  MutexLock lock(mutex_);
  certs::Revocations lists = *lists_;
  const absl::Status read = Read(lists);
  // What was read before the fault is good.
  lists_ = std::make_shared<const certs::Revocations>(std::move(lists));
  const std::string fault(read.message());
  if (fault != said_ && !read.ok()) {
    Log(Severity::kError, "file of revocation lists cannot be used", {{"reason", ReasonOf(read)}, {"detail", fault}});
  }
  said_ = fault;
}

absl::Status OtherLists::Check(const certs::CertificateChain& path) const {
  if (files_.empty()) return absl::OkStatus();
  std::shared_ptr<const certs::Revocations> lists;
  {
    MutexLock lock(mutex_);
    lists = lists_;
  }
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    const bool is_by_root = i + 2 == path.size();
    if (!is_by_root && !lists->AsOf(state_, path[i + 1])) continue;
    const absl::Status checked = lists->Check(state_, path[i], path[i + 1], {clock_.Now(), kSkew}).status();
    if (checked.ok()) continue;
    return Annotate(checked, "of a certificate that was not signed here");
  }
  return absl::OkStatus();
}

}  // namespace tamga::authority
