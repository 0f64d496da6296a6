// The TLS identity that a node shows, which can be replaced while connections stand. gRPC 1.51 takes another identity
// only from files that it reads again each second, and holds what it finds there for good: a key that is not the
// certificate's would end all handshakes. So only material that was checked goes into a folder of the node's own, where
// a reader finds one whole generation or another, never halves of two.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "node/exchange/tls_identity.h"

namespace tamga::exchange {

// Thread-compatible; provider() may be called at any time.
class TlsMaterial {
 public:
  // Writes `first` below `folder`, which is made if missing and belongs to this object alone: what another left there
  // in a crash is removed. FailedPrecondition if others than the owner may write to the folder, or another process uses
  // it; Internal if the disk takes no more.
  static absl::StatusOr<std::unique_ptr<TlsMaterial>> Open(const std::string& folder, const TlsIdentity& first);
  // Removes what it wrote. No connection is made with it any more.
  ~TlsMaterial();
  TlsMaterial(const TlsMaterial&) = delete;
  TlsMaterial& operator=(const TlsMaterial&) = delete;

  // Connections show `next` from about a second later on; those that stand keep what they have shown. The identity must
  // have been checked. If this fails the old one stays.
  absl::Status Replace(const TlsIdentity& next);

  // For credentials, all of which may share it.
  std::shared_ptr<grpc::experimental::CertificateProviderInterface> provider() const { return provider_; }

 private:
  class FolderLock;

  TlsMaterial(std::string folder, std::unique_ptr<FolderLock> lock);
  // Makes the next generation the current one, and removes the one before.
  absl::Status Write(const TlsIdentity& identity);
  static absl::Status WriteFiles(const std::string& generation_folder, const TlsIdentity& identity, int64_t stamp);
  absl::Status PointTo(uint64_t generation) const;

  const std::string folder_;
  const std::unique_ptr<FolderLock> lock_;
  const int64_t first_stamp_;
  uint64_t generation_ = 0;  // the newest that was begun
  uint64_t current_ = 0;     // the one shown
  std::shared_ptr<grpc::experimental::CertificateProviderInterface> provider_;
};

}  // namespace tamga::exchange
