// Files in which States publish their revocation lists, looked at again and again.
#pragma once

#include <string>
#include <vector>

#include "certs/certificate.h"
#include "certs/current_trust.h"
#include "node/trust/trust_keeper.h"

namespace tamga::trust {

struct ListFile {
  std::string state;  // "KAZ"
  std::string path;
};

// Thread-compatible.
class ListWatch {
 public:
  // `issuers`: certificates that may have issued lists, beside those in the files and the States' roots. The lists are
  // brought by `own_agency`. References outlive this.
  ListWatch(std::string own_agency, std::vector<ListFile> files, certs::CertificateChain issuers,
            const certs::CurrentTrust& trust, TrustKeeper& keeper);

  // Takes the lists of the files that are not as they were when last looked at. A file that cannot be used has a line
  // in the operator's log, once, and the lists that were taken before stay.
  void Look();

 private:
  struct Watched {
    ListFile file;
    std::string seen;  // SHA-256 of the State's roots and the content, or why there is none
    std::string said;  // what was wrong with it last
  };
  void Look(Watched& watched);

  const std::string own_agency_;
  const certs::CertificateChain issuers_;
  const certs::CurrentTrust& trust_;
  TrustKeeper& keeper_;
  std::vector<Watched> files_;
};

}  // namespace tamga::trust
