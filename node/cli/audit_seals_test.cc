#include <memory>
#include <utility>

#include "certs/purposes.h"
#include "certs/seal.h"
#include "node/base/matchers.h"
#include "node/cli/pki_files.h"
#include "node/cli/test_node.h"

namespace tamga::cli {
namespace {

using ::testing::HasSubstr;

constexpr char kAgency[] = "KAZ/border-service";

class AuditSealsTest : public NodeTest {
 protected:
  void SetUp() override {
    NodeTest::SetUp();
    audit_.log.Append("before");
  }

  certs::Seal NewSeal() {
    SystemRng rng;
    const auto files =
        LoadAuthority(Path("kaz"))->Issue({kAgency, certs::Role::kSeal, "main"}, absl::Hours(24), clock_.Now(), rng);
    return certs::Seal::Create(certs::P256Signer::FromPem(files->key_pem).value(),
                               certs::ParsePemChain(files->chain_pem).value())
        .value();
  }

  // Logs that the seal takes the place of the former key, and lists that entry first.
  void Change(const certs::Seal& seal, const std::string& former) {
    const uint64_t index = audit_.log.size();
    v1::LogEntry entry;
    entry.set_version(1);
    entry.set_kind(v1::ENTRY_KIND_SEAL_CHANGED);
    entry.set_own(kAgency);
    *entry.mutable_logged_at() = ToProto(clock_.Now());
    entry.set_former_seal_key_id(former);
    entry.set_seal_key_id(seal.chain().front().SpkiSha256());
    entry.set_head(audit_.log.Checkpoint(index));
    *entry.mutable_head_seal() = seal.Sign(certs::kCheckpointType, entry.head()).value();
    audit_.log.Append(entry);
    v1::ListEntriesResponse list;
    v1::IndexedEntry& indexed = *list.add_entries();
    indexed.mutable_position()->set_index(index);
    *indexed.mutable_entry() = entry;
    list.mutable_entries()->MergeFrom(audit_.list.entries());
    audit_.list = std::move(list);
  }

  int Seals() { return RunAsCaller({"audit", "seals", "--trust", "KAZ=" + Path("kaz/root.pem")}); }
};

TEST_F(AuditSealsTest, ChangesThatFollowOnEachOtherAreProven) {
  const certs::Seal second = NewSeal();
  Change(second, std::string(32, '1'));
  audit_.log.Append("between");
  Change(NewSeal(), second.chain().front().SpkiSha256());
  EXPECT_EQ(Seals(), 0) << err() << out();
  EXPECT_THAT(out(), HasSubstr("sealed by the new key"));
}

TEST_F(AuditSealsTest, AChangeThatIsNotInTheLogIsNotProven) {
  Change(NewSeal(), std::string(32, '1'));
  audit_.log.Rewrite(1, "another");
  EXPECT_NE(Seals(), 0);
  EXPECT_THAT(err(), HasSubstr("not every change of the seal's key is proven"));
}

TEST_F(AuditSealsTest, AChangeThatIsNotListedIsMissed) {
  const certs::Seal second = NewSeal();
  Change(second, std::string(32, '1'));
  Change(NewSeal(), second.chain().front().SpkiSha256());
  Change(NewSeal(), audit_.list.entries(0).entry().seal_key_id());
  ASSERT_EQ(Seals(), 0) << err() << out();
  audit_.list.mutable_entries()->erase(audit_.list.entries().begin() + 1);
  EXPECT_NE(Seals(), 0);
  EXPECT_THAT(out(), HasSubstr("is not listed"));
}

TEST_F(AuditSealsTest, ANodeThatListsNoneHasNotProvenAnything) {
  EXPECT_EQ(Seals(), 0) << err();
  EXPECT_THAT(err() + out(), HasSubstr("lists no change"));
}

}  // namespace
}  // namespace tamga::cli
