// An auditor's tool that is not ours: it knows the public formats and golang.org/x/mod, nothing of Tamga.
//
//	go_monitor log FOLDER VKEY         verifies a log in a folder (C2SP tlog-tiles)
//	go_monitor proof PROOF ENTRY VKEY  verifies a proof (C2SP tlog-proof) that an entry is in a log
//	go_monitor growth OLD BODY VKEY    verifies that a log has only grown since a checkpoint, by what a witness is
//	                                   asked (body of C2SP add-checkpoint)
//
// VKEY is a file. Everything is hashed again: tlog.TileHashReader, which trusts some tiles (CVE-2026-56865), is not used.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8
const tileWidth = 1 << tileHeight

type checkpoint struct {
	size int64
	root tlog.Hash
}

// The checkpoint of a note that the key has signed. The list holds that key alone: note.Open is content with any.
func openCheckpoint(text []byte, vkeyFile string) (checkpoint, error) {
	vkey, err := os.ReadFile(vkeyFile)
	if err != nil {
		return checkpoint{}, err
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
	if err != nil {
		return checkpoint{}, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return checkpoint{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != verifier.Name() {
		return checkpoint{}, errors.New("checkpoint: not origin, size and root of the key's log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return checkpoint{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return checkpoint{size, root}, err
}

// All hashes of the tree, in the order of tlog.StoredHashIndex.
type storedHashes []tlog.Hash

func (stored storedHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index < 0 || index >= int64(len(stored)) {
			return nil, fmt.Errorf("there is no stored hash %d", index)
		}
		hashes[i] = stored[index]
	}
	return hashes, nil
}

// "tile/8/0/x001/002.p/3", as x/mod names it, without its height; bundles have "entries" for the level.
func readTile(folder string, tile tlog.Tile, level string) ([]byte, error) {
	prefix := fmt.Sprintf("tile/%d/%d/", tile.H, tile.L)
	return os.ReadFile(filepath.Join(folder, "tile", level, strings.TrimPrefix(tile.Path(), prefix)))
}

func splitBundle(bundle []byte) ([][]byte, error) {
	var entries [][]byte
	for len(bundle) > 0 {
		if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
			return nil, errors.New("the bundle ends within an entry")
		}
		end := 2 + int(binary.BigEndian.Uint16(bundle))
		entries = append(entries, bundle[2:end])
		bundle = bundle[end:]
	}
	return entries, nil
}

func width(level int, index, size int64) int {
	hashes := size >> (tileHeight * level)
	if index < hashes/tileWidth {
		return tileWidth
	}
	return int(hashes % tileWidth)
}

// Hashes every entry of the folder.
func hashEntries(folder string, size int64) (storedHashes, error) {
	var stored storedHashes
	for begin := int64(0); begin < size; begin += tileWidth {
		index := begin / tileWidth
		tile := tlog.Tile{H: tileHeight, L: 0, N: index, W: width(0, index, size)}
		bundle, err := readTile(folder, tile, "entries")
		if err != nil {
			return nil, err
		}
		entries, err := splitBundle(bundle)
		if err != nil || len(entries) != tile.W {
			return nil, fmt.Errorf("bundle %d holds %d entries, not %d (%v)", index, len(entries), tile.W, err)
		}
		for i, entry := range entries {
			hashes, err := tlog.StoredHashesForRecordHash(begin+int64(i), tlog.RecordHash(entry), stored)
			if err != nil {
				return nil, err
			}
			stored = append(stored, hashes...)
		}
	}
	return stored, nil
}

// Compares every tile of the folder with what the entries make it.
func compareTiles(folder string, size int64, stored storedHashes) (int, error) {
	count := 0
	for level := 0; size>>(tileHeight*level) > 0; level++ {
		for index := int64(0); index <= (size>>(tileHeight*level))/tileWidth; index++ {
			tile := tlog.Tile{H: tileHeight, L: level, N: index, W: width(level, index, size)}
			if tile.W == 0 {
				continue
			}
			want, err := tlog.ReadTileData(tile, stored)
			if err != nil {
				return count, err
			}
			have, err := readTile(folder, tile, strconv.Itoa(level))
			if err != nil {
				return count, err
			}
			if !bytes.Equal(have, want) {
				return count, fmt.Errorf("%s differs from the entries' hashes", tile.Path())
			}
			count++
		}
	}
	return count, nil
}

func verifyLog(folder, vkeyFile string) error {
	text, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return err
	}
	signed, err := openCheckpoint(text, vkeyFile)
	if err != nil {
		return err
	}
	stored, err := hashEntries(folder, signed.size)
	if err != nil {
		return err
	}
	tiles, err := compareTiles(folder, signed.size, stored)
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(signed.size, stored)
	if err != nil {
		return err
	}
	if root != signed.root {
		return errors.New("the entries have another root than the checkpoint")
	}
	fmt.Printf("%d entries and %d tiles agree with the checkpoint\n", signed.size, tiles)
	return nil
}

func parseHashes(lines []string) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, line := range lines {
		hash, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(hash) != tlog.HashSize {
			return nil, errors.New("a line of the path is not a hash")
		}
		hashes = append(hashes, *(*tlog.Hash)(hash))
	}
	return hashes, nil
}

func verifyGrowth(oldFile, bodyFile, vkeyFile string) error {
	oldText, err := os.ReadFile(oldFile)
	if err != nil {
		return err
	}
	body, err := os.ReadFile(bodyFile)
	if err != nil {
		return err
	}
	head, signed, found := strings.Cut(string(body), "\n\n")
	lines := strings.Split(head, "\n")
	old, err := openCheckpoint(oldText, vkeyFile)
	if err != nil {
		return err
	}
	if !found || lines[0] != fmt.Sprintf("old %d", old.size) {
		return errors.New("not the body of an add-checkpoint from the old checkpoint's size")
	}
	proof, err := parseHashes(lines[1:])
	if err != nil {
		return err
	}
	grown, err := openCheckpoint([]byte(signed), vkeyFile)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, grown.size, grown.root, old.size, old.root); err != nil {
		return err
	}
	fmt.Printf("the log of %d entries begins with those %d\n", grown.size, old.size)
	return nil
}

func verifyProof(proofFile, entryFile, vkeyFile string) error {
	text, err := os.ReadFile(proofFile)
	if err != nil {
		return err
	}
	entry, err := os.ReadFile(entryFile)
	if err != nil {
		return err
	}
	head, signed, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a tlog-proof")
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return errors.New("the index is missing")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil {
		return err
	}
	proof, err := parseHashes(lines[1:])
	if err != nil {
		return err
	}
	log, err := openCheckpoint([]byte(signed), vkeyFile)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(proof, log.size, log.root, index, tlog.RecordHash(entry)); err != nil {
		return err
	}
	fmt.Printf("entry %d is in the log of %d entries\n", index, log.size)
	return nil
}

func run(arguments []string) error {
	switch {
	case len(arguments) == 3 && arguments[0] == "log":
		return verifyLog(arguments[1], arguments[2])
	case len(arguments) == 4 && arguments[0] == "proof":
		return verifyProof(arguments[1], arguments[2], arguments[3])
	case len(arguments) == 4 && arguments[0] == "growth":
		return verifyGrowth(arguments[1], arguments[2], arguments[3])
	}
	return errors.New("usage: go_monitor log FOLDER VKEY | proof PROOF ENTRY VKEY | growth OLD BODY VKEY")
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
