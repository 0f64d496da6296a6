#include "node/trust/list_watch.h"

#include <utility>

#include "certs/refusal.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/log.h"
#include "node/trust/list_file.h"

namespace tamga::trust {
namespace {

// Once for each fault: what is tried every second is not to fill the operator's log.
void SayUnusable(const ListFile& file, const absl::Status& why, std::string* said) {
  if (*said == why.message()) return;
  *said = std::string(why.message());
  Log(Severity::kError, "file of revocation lists cannot be used",
      {{"state", file.state}, {"path", file.path}, {"reason", ReasonOf(why)}, {"detail", std::string(why.message())}});
}

}  // namespace

ListWatch::ListWatch(std::string own_agency, std::vector<ListFile> files, certs::CertificateChain issuers,
                     const certs::CurrentTrust& trust, TrustKeeper& keeper)
    : own_agency_(std::move(own_agency)), issuers_(std::move(issuers)), trust_(trust), keeper_(keeper) {
  for (ListFile& file : files) files_.push_back(Watched{std::move(file), "", ""});
}

void ListWatch::Look() {
  for (Watched& watched : files_) Look(watched);
}

void ListWatch::Look(Watched& watched) {
  const absl::StatusOr<std::string> text = ReadFile(watched.file.path, kMostListFileBytes);
  certs::CertificateChain known = issuers_;
  // With the roots: what they do not vouch for yet is looked at again when they are others.
  std::string believed_by;
  for (certs::Certificate& root : trust_.Get()->RootsOf(watched.file.state)) {
    believed_by += root.Der();
    known.push_back(std::move(root));
  }
  const std::string seen = text.ok() ? Sha256(believed_by + *text) : std::string(text.status().message());
  if (watched.seen == seen) return;
  watched.seen = seen;
  if (!text.ok()) return SayUnusable(watched.file, text.status(), &watched.said);
  const absl::StatusOr<std::vector<RevocationList>> lists = ReadListFile(watched.file.state, *text, known);
  if (!lists.ok()) return SayUnusable(watched.file, lists.status(), &watched.said);
  const TakenLists taken = keeper_.Take(*lists, own_agency_);
  if (taken.refused.empty()) watched.said.clear();
  for (const absl::Status& refused : taken.refused) {
    // Partners are quicker at times.
    if (ReasonOf(refused) == certs::kRevocationStale) continue;
    SayUnusable(watched.file, refused, &watched.said);
    // A full disk, or the clock of whoever issued it is ahead: the same content is tried again.
    if (!absl::IsUnauthenticated(refused) || ReasonOf(refused) == certs::kRevocationFuture) watched.seen.clear();
  }
}

}  // namespace tamga::trust
