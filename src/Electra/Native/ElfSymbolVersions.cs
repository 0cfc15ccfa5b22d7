using System.Text;

namespace Electra.Native;

/// <summary>Edits the symbol-version needs of an ELF64 image in memory.</summary>
internal static class ElfSymbolVersions
{
    private const uint GnuVersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const byte WeakFlag = 2;                 // VER_FLG_WEAK: the loader warns instead of failing when the version is absent

    /// <summary>Marks every need of <paramref name="version"/> as weak and returns how many there were.</summary>
    public static int MakeWeak(byte[] elf, string version)
    {
        int changed = 0;
        long sections = BitConverter.ToInt64(elf, 40);
        int sectionSize = BitConverter.ToUInt16(elf, 58), sectionCount = BitConverter.ToUInt16(elf, 60);
        for (int i = 0; i < sectionCount; i++)
        {
            int section = (int)(sections + (i * sectionSize));
            if (BitConverter.ToUInt32(elf, section + 4) != GnuVersionNeeds) continue;
            int need = (int)BitConverter.ToInt64(elf, section + 24);
            uint stringSection = BitConverter.ToUInt32(elf, section + 40), needCount = BitConverter.ToUInt32(elf, section + 44);
            long strings = BitConverter.ToInt64(elf, (int)(sections + (stringSection * sectionSize)) + 24);
            for (uint n = 0; n < needCount; n++)
            {
                changed += MakeWeakInOneNeed(elf, need, strings, version);
                need += (int)BitConverter.ToUInt32(elf, need + 12);
            }
        }

        return changed;
    }

    private static int MakeWeakInOneNeed(byte[] elf, int need, long strings, string version)
    {
        int changed = 0;
        int versionCount = BitConverter.ToUInt16(elf, need + 2);
        int auxiliary = need + (int)BitConverter.ToUInt32(elf, need + 8);
        for (int k = 0; k < versionCount; k++)
        {
            int start = (int)(strings + BitConverter.ToUInt32(elf, auxiliary + 8));
            int end = Array.IndexOf(elf, (byte)0, start);
            if (Encoding.ASCII.GetString(elf, start, end - start) == version)
            {
                elf[auxiliary + 4] |= WeakFlag;
                changed++;
            }

            auxiliary += (int)BitConverter.ToUInt32(elf, auxiliary + 12);
        }

        return changed;
    }
}
